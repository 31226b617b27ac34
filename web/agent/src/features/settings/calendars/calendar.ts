import type { CalendarRow, CalendarSpec } from '@api'
import type { Errors } from '@/shared/form'

export const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const
export type Weekday = (typeof WEEKDAYS)[number]
export type Interval = [string, string]
export type DayKind = 'off' | 'exchanged' | 'special' | 'break'
type Say = (key: string, values?: Record<string, unknown>) => string

/** A date that is not like its weekday. */
export interface SpecialDay {
  on: string
  kind: DayKind
  name_en: string
  name_zh: string
  hours: Interval[]
  like: Weekday
}

export interface CalendarForm {
  name_en: string
  name_zh: string
  time_zone: string
  week: Record<Weekday, Interval[]>
  days: SpecialDay[]
  known_until: string | null
  is_default: boolean
  is_archived: boolean
}

const OFFICE: Interval[] = [
  ['09:00', '12:00'],
  ['13:30', '18:00'],
]
const plain = (on: string, kind: DayKind): SpecialDay => ({
  on,
  kind,
  name_en: '',
  name_zh: '',
  hours: [],
  like: 'mon',
})

export function toForm(row: CalendarRow | null, zone: string): CalendarForm {
  const week = Object.fromEntries(
    WEEKDAYS.map((day, at) => [day, row ? (row.spec.week?.[day] ?? []) : at < 5 ? OFFICE : []]),
  ) as Record<Weekday, Interval[]>
  return {
    name_en: row?.name_en ?? '',
    name_zh: row?.name_zh ?? '',
    time_zone: row?.spec.time_zone ?? zone,
    week: JSON.parse(JSON.stringify(week)) as Record<Weekday, Interval[]>,
    days: row ? toDays(row.spec) : [],
    known_until: row?.spec.known_until ?? null,
    is_default: row?.is_default ?? false,
    is_archived: row?.is_archived ?? false,
  }
}

export function toDays(spec: CalendarSpec): SpecialDay[] {
  const hours = (given: Record<string, Interval[]> | undefined, kind: DayKind): SpecialDay[] =>
    Object.entries(given ?? {}).map(([on, intervals]) => ({ ...plain(on, kind), hours: intervals }))
  const named = [
    ...(spec.days_off ?? []).map((one) => ({ ...plain(one.on, 'off'), ...one })),
    ...(spec.exchanged ?? []).map((one) => ({ ...plain(one.on, 'exchanged'), ...one })),
  ] as SpecialDay[]
  return sorted([...named, ...hours(spec.special, 'special'), ...hours(spec.breaks, 'break')])
}

export const sorted = (days: SpecialDay[]): SpecialDay[] => [...days].sort((a, b) => a.on.localeCompare(b.on))

export function toSpec(form: CalendarForm): CalendarSpec {
  const named = (kind: DayKind) => form.days.filter((one) => one.kind === kind)
  const byDate = (kind: DayKind) => Object.fromEntries(named(kind).map((one) => [one.on, one.hours]))
  return {
    time_zone: form.time_zone,
    week: Object.fromEntries(
      WEEKDAYS.filter((day) => form.week[day].length).map((day) => [day, form.week[day]]),
    ),
    days_off: named('off').map(({ on, name_en, name_zh }) => ({ on, name_en, name_zh })),
    exchanged: named('exchanged').map(({ on, name_en, name_zh, like }) => ({ on, name_en, name_zh, like })),
    special: byDate('special'),
    breaks: byDate('break'),
    known_until: form.known_until,
  }
}

/** Days of a table or a file beside those that are there; a day that is named already stays as it is. */
export function withDays(form: CalendarForm, more: SpecialDay[]): SpecialDay[] {
  const named = new Set(form.days.filter((one) => one.kind !== 'break').map((one) => one.on))
  return sorted([...form.days, ...more.filter((one) => !named.has(one.on))])
}

export function check(form: CalendarForm, t: Say): Errors {
  const found: Errors = {}
  if (!form.name_zh.trim() && !form.name_en.trim()) found.name_zh = t('levels.calendar.nameMissing')
  if (!WEEKDAYS.some((day) => form.week[day].length)) found.week = t('levels.calendar.neverOpen')
  for (const one of form.days)
    if ((one.kind === 'special' || one.kind === 'break') && !one.hours.length)
      found[`day_${one.on}`] = t('levels.calendar.hoursMissing')
  return found
}

const minutes = (wall: string): number => Number(wall.slice(0, 2)) * 60 + Number(wall.slice(3))

/** An interval as a part of its day, and what of it is the next morning; both in per cent. */
export function bars(intervals: Interval[]): { left: number; width: number; isMorning: boolean }[] {
  return intervals.flatMap(([start, end]) => {
    const [first, last] = [minutes(start), minutes(end)]
    const bar = (from: number, to: number, isMorning: boolean) => ({
      left: from / 14.4,
      width: (to - from) / 14.4,
      isMorning,
    })
    if (last > first) return [bar(first, last, false)]
    return [bar(first, 1_440, false), ...(last > 0 ? [bar(0, last, true)] : [])]
  })
}
