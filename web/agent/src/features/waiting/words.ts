import type { TeamWaits } from '@api'

type Say = (key: string, values?: Record<string, unknown>) => string
const MINUTE = 60

/** What somebody is told who comes now. */
export function toldWords({ basis, low_seconds: low, high_seconds: high }: TeamWaits['now'], t: Say): string {
  if (basis !== 'rates' || low === null || high === null) return t(`waiting.say.${basis}`)
  const ends = { low: low / MINUTE, high: high / MINUTE }
  if (low === high) return t('waiting.over', ends)
  return t(low === 0 ? 'waiting.under' : 'waiting.range', ends)
}

/** Minutes with one place behind the point where they are few. */
export function minutesOf(seconds: number): number {
  const minutes = seconds / MINUTE
  return minutes < 10 ? Math.round(minutes * 10) / 10 : Math.round(minutes)
}
