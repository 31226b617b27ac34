/** Monday is 0, as the server counts. */
export type Weekday = 0 | 1 | 2 | 3 | 4 | 5 | 6
export const weekdays: Weekday[] = [0, 1, 2, 3, 4, 5, 6]
export const workdays: Weekday[] = [0, 1, 2, 3, 4]

/** Open hours in minutes of the local day; an end before its start runs into the next day. */
export interface Interval {
  weekday: Weekday
  start: number
  end: number
}

const HOUR = 60
const DAY = 24 * HOUR
const WEEK = 7 * DAY

/** 09:05 → 545; null if it is no time of day. */
export function minutesOf(clock: string): number | null {
  const found = /^(\d{1,2}):(\d{2})/.exec(clock)
  if (!found) return null
  const at = Number(found[1]) * HOUR + Number(found[2])
  return at <= DAY ? at : null
}

/** 545 → 09:05; the end of the day is 00:00, as a clock shows it. */
export function clockOf(minutes: number): string {
  const at = minutes % DAY
  return `${String(Math.floor(at / HOUR)).padStart(2, '0')}:${String(at % HOUR).padStart(2, '0')}`
}

/** By day, then by beginning. */
export function sortIntervals(intervals: Interval[]): Interval[] {
  return [...intervals].sort((a, b) => a.weekday - b.weekday || a.start - b.start)
}

export const runsOvernight = ({ start, end }: Interval): boolean => end < start

const lengthOf = ({ start, end }: Interval): number => (end < start ? end + DAY - start : end - start)

export type IntervalProblem = 'empty' | 'overlapping'

/** What is wrong, by day: hours without length, or such that overlap others, those of the night before included. */
export function intervalProblems(intervals: Interval[]): Partial<Record<Weekday, IntervalProblem>> {
  const found: Partial<Record<Weekday, IntervalProblem>> = {}
  const spans = sortIntervals(intervals).map((one) => {
    const from = one.weekday * DAY + one.start
    return { day: one.weekday, from, to: from + lengthOf(one) }
  })
  spans.forEach((span, index) => {
    if (span.to === span.from) found[span.day] = 'empty'
    const next = spans[(index + 1) % spans.length]
    if (!next || next === span) return
    const start = index === spans.length - 1 ? next.from + WEEK : next.from
    if (start < span.to) found[next.day] ??= 'overlapping'
  })
  return found
}

const MORNING = { start: 9 * HOUR, end: 18 * HOUR }
const AFTERNOON = { start: 13.5 * HOUR, end: 18 * HOUR }

/** What adding hours to a day suggests: the working day first, then what follows; null when the day is full. */
export function nextInterval(intervals: Interval[], weekday: Weekday): Interval | null {
  const last = sortIntervals(intervals)
    .filter((interval) => interval.weekday === weekday)
    .at(-1)
  if (!last) return { weekday, ...MORNING }
  if (runsOvernight(last)) return null
  if (last.end <= AFTERNOON.start) return { weekday, ...AFTERNOON }
  const start = last.end + HOUR
  return start + HOUR > DAY ? null : { weekday, start, end: Math.min(start + 2 * HOUR, DAY) }
}

/** The hours of one day for others as well. */
export function copyDay(intervals: Interval[], from: Weekday, to: Weekday[]): Interval[] {
  const pattern = intervals.filter((interval) => interval.weekday === from)
  const kept = intervals.filter((interval) => !to.includes(interval.weekday) || interval.weekday === from)
  const others = to.filter((weekday) => weekday !== from)
  return sortIntervals([...kept, ...others.flatMap((weekday) => pattern.map((one) => ({ ...one, weekday })))])
}

/** Minutes open in a week. */
export function minutesOpen(intervals: Interval[]): number {
  return intervals.reduce((sum, interval) => sum + lengthOf(interval), 0)
}
