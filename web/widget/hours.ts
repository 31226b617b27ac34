import type { Config, Locale } from './types'
import type { Say, Word } from './words'

/** "Monday 09:00", or only the time if it is today. */
function opening(at: Date, locale: Locale): string {
  const format = (options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat(locale, options).format(at)
  const days = (at.getTime() - Date.now()) / 86_400_000
  const isToday = at.toDateString() === new Date().toDateString()
  const day = isToday ? '' : format(days < 6 ? { weekday: 'long' } : { month: 'short', day: 'numeric' })
  return `${day} ${format({ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })}`.trim()
}

function span(seconds: number, say: Say<Word>): string {
  const minutes = Math.round(seconds / 60)
  if (minutes < 2) return say('moment')
  return minutes < 90 ? say('minutes', minutes) : say('hours', Math.round(minutes / 60))
}

/** What somebody who has not written yet wants to know: is anybody there, and how long will it take? */
export function statusText(
  { office, expected_wait_s: wait }: Config,
  locale: Locale,
  say: Say<Word>,
): string {
  if (office.is_open)
    return wait === null ? say('online') : `${say('online')} · ${say('wait', span(wait, say))}`
  return office.opens_at
    ? `${say('away')} · ${say('back', opening(new Date(office.opens_at), locale))}`
    : say('away')
}
