/** What work asks for: a skill at a level or better, or all or any of several. */
export interface NeedPart {
  skill_id?: number | null | undefined
  level?: number | undefined
  all?: NeedPart[] | null | undefined
  any?: NeedPart[] | null | undefined
}

export interface NeedWords {
  skill: (id: number) => string
  and: string
  or: string
}

/** A need in words: "Washers 4+ and (English 3+ or German 3+)"; nothing asked is nothing said. */
export function needText(need: NeedPart, words: NeedWords, isInside = false): string {
  if (need.skill_id) return `${words.skill(need.skill_id)} ${String(need.level ?? 1)}+`
  const [parts, word] = need.all?.length ? [need.all, words.and] : [need.any ?? [], words.or]
  const said = parts.map((part) => needText(part, words, parts.length > 1)).join(` ${word} `)
  return isInside && parts.length > 1 ? `(${said})` : said
}

type T = (key: string, values: Record<string, unknown>) => string

/** Seconds as a person would say them: 45 s, 2 min, 1.5 h; none: as long as the team says. */
export function spanText(seconds: number | null | undefined, t: T): string {
  if (seconds === null || seconds === undefined) return t('ranking.asTeam', {})
  if (seconds < 120 && seconds % 60) return t('ranking.span.s', { n: seconds })
  if (seconds < 7_200) return t('ranking.span.m', { n: rounded(seconds / 60) })
  if (seconds < 172_800) return t('ranking.span.h', { n: rounded(seconds / 3_600) })
  return t('ranking.span.d', { n: rounded(seconds / 86_400) })
}

const rounded = (value: number): number => Math.round(value * 10) / 10
