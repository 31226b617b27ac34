import type { ClockView } from '@api'

const MINUTE = 60
const HOUR = 3_600
const DAY = 86_400
/** A list warns this long before a deadline. */
const SOON_SECONDS = 30 * MINUTE

export type DueTone = 'plain' | 'warn' | 'bad'
type Say = (key: string, values: Record<string, unknown>) => string

/** A length of time in its two largest units; below an hour to the second. */
export function lengthWords(seconds: number, t: Say): string {
  const whole = Math.abs(Math.trunc(seconds))
  const [days, hours, minutes, rest] = [
    Math.floor(whole / DAY),
    Math.floor((whole % DAY) / HOUR),
    Math.floor((whole % HOUR) / MINUTE),
    whole % MINUTE,
  ]
  if (days) return t('clocks.length.days', { d: days, h: hours })
  if (hours) return t('clocks.length.hours', { h: hours, m: minutes })
  if (minutes) return t('clocks.length.minutes', { m: minutes, s: String(rest).padStart(2, '0') })
  return t('clocks.length.seconds', { s: rest })
}

/** The same without seconds: for lists, which must not flicker. */
export function shortLength(seconds: number, t: Say): string {
  const whole = Math.abs(Math.trunc(seconds))
  if (whole >= HOUR) return lengthWords(whole, t)
  return t('clocks.length.wholeMinutes', { m: Math.max(1, Math.floor(whole / MINUTE)) })
}

/** What a list says of a ticket's next deadline, by the wall's clock. */
export function dueWords(
  dueAt: string,
  metric: string | null,
  now: number,
  t: Say,
): { tone: DueTone; words: string } {
  const seconds = (new Date(dueAt).getTime() - now) / 1_000
  const what = t(`clocks.short.${metric ?? 'external'}`, {})
  if (seconds <= 0)
    return { tone: 'bad', words: t('clocks.row.overdue', { what, time: shortLength(seconds, t) }) }
  const tone = seconds < SOON_SECONDS ? 'warn' : 'plain'
  return { tone, words: t('clocks.row.due', { what, time: shortLength(seconds, t) }) }
}

/** Seconds that are left now, of what was left when the server said so. */
export function leftNow(clock: ClockView, saidAt: number, now: number): number | null {
  if (clock.left_seconds === null) return null
  return clock.is_counting ? clock.left_seconds - Math.max(0, (now - saidAt) / 1_000) : clock.left_seconds
}

const UNIT_SECONDS: Record<string, number> = {
  natural_minutes: MINUTE,
  working_minutes: MINUTE,
  natural_hours: HOUR,
  working_hours: HOUR,
}

/** Red once overdue, amber for the last fifth of the time; days are measured by the wall's clock. */
export function clockTone(clock: ClockView, left: number | null, now: number): DueTone {
  if (clock.state === 'ended') return 'plain'
  if (clock.breached_at !== null || (left !== null && left <= 0)) return 'bad'
  if (clock.due_at === null || left === null) return 'plain'
  const unit = UNIT_SECONDS[clock.span?.unit ?? '']
  if (clock.span && unit) return left < (clock.span.amount * unit) / 5 ? 'warn' : 'plain'
  const due = new Date(clock.due_at).getTime()
  return due - now < Math.min((due - new Date(clock.started_at).getTime()) / 5, DAY * 1_000)
    ? 'warn'
    : 'plain'
}
