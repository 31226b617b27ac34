/** Gold for customers whom the desk holds dear, plain for everybody else; tiers are the desk's own words. */
export function tierTone(tier: string): 'gold' | 'plain' {
  return /vip|gold|platin|diamond|premium|[金钻]/i.test(tier) ? 'gold' : 'plain'
}
