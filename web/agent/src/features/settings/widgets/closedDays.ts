/** Days off that follow each other, as 2026-10-01 … 2026-10-07; one day has both ends the same. */
export interface ClosedSpan {
  from: string
  to: string
}

const DAY_MS = 86_400_000
/** As many as the server keeps. */
export const MOST_DAYS = 400

const momentOf = (day: string): number => Date.parse(`${day}T00:00:00Z`)
const dayOf = (moment: number): string => new Date(moment).toISOString().slice(0, 10)

/** All days of a span, in order; none if it ends before it begins or is no span of days. */
export function daysOf({ from, to }: ClosedSpan): string[] {
  const [first, last] = [momentOf(from), momentOf(to)]
  const count = (last - first) / DAY_MS + 1
  if (!(count >= 1 && count <= MOST_DAYS)) return []
  return Array.from({ length: count }, (_, index) => dayOf(first + index * DAY_MS))
}

/** Days as spans, each as long as it can be. */
export function spansOf(days: readonly string[]): ClosedSpan[] {
  const spans: ClosedSpan[] = []
  for (const day of [...new Set(days)].sort()) {
    const last = spans.at(-1)
    if (last && momentOf(day) - momentOf(last.to) === DAY_MS) last.to = day
    else spans.push({ from: day, to: day })
  }
  return spans
}

export const addSpan = (days: readonly string[], span: ClosedSpan): string[] =>
  [...new Set([...days, ...daysOf(span)])].sort()

export function removeSpan(days: readonly string[], { from, to }: ClosedSpan): string[] {
  return days.filter((day) => day < from || day > to)
}
