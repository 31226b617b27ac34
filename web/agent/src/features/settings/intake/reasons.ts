/** The kinds of reasons that have words of their own, with what gives them away in the server's text. */
const signs: [string, RegExp][] = [
  ['too_large', /too.?large|oversize|exceeds/i],
  ['bomb', /bomb|expands|compress/i],
  ['attachment', /attachment|file store/i],
  ['charset', /charset|encod|decod|unicode/i],
  ['recipients', /recipients/i],
  ['sender', /sender|from address|no from/i],
  ['parse', /parse|malformed|mime|header/i],
]

/** Which of our explanations fits a reason of the server; `other` if none does. */
export function reasonKey(problem: string): string {
  return signs.find(([, sign]) => sign.test(problem))?.[0] ?? 'other'
}
