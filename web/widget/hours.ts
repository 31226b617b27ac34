import type { Config, Locale, Wait } from './types'
import type { Say, Word } from './words'

/** "Monday 09:00", or only the time if it is today. */
function opening(at: Date, locale: Locale): string {
  const format = (options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat(locale, options).format(at)
  const days = (at.getTime() - Date.now()) / 86_400_000
  const isToday = at.toDateString() === new Date().toDateString()
  const day = isToday ? '' : format(days < 6 ? { weekday: 'long' } : { month: 'short', day: 'numeric' })
  return `${day} ${format({ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })}`.trim()
}

const AN_HOUR_AND_A_HALF = 90

function span(minutes: number, say: Say<Word>): string {
  return minutes < AN_HOUR_AND_A_HALF ? say('minutes', minutes) : say('hours', minutes / 60)
}

/** "about 5 to 10 min"; '' where no time would be true. */
export function waitText(wait: Wait | null, say: Say<Word>): string {
  if (wait?.basis !== 'rates' || wait.low_seconds === null || wait.high_seconds === null) return ''
  const [low, high] = [Math.round(wait.low_seconds / 60), Math.round(wait.high_seconds / 60)]
  if (low === high) return say('over', span(high, say))
  if (low === 0) return say('under', span(high, say))
  const isShort = high < AN_HOUR_AND_A_HALF || low >= AN_HOUR_AND_A_HALF
  // one unit for both ends where they share it
  const begin = isShort ? String(low < AN_HOUR_AND_A_HALF ? low : low / 60) : span(low, say)
  return say('range', begin, span(high, say))
}

/** Whether somebody is there: what the dot beside the words says. */
export const isThere = ({ office, wait }: Pick<Config, 'office' | 'wait'>): boolean =>
  office.is_open && wait.basis !== 'nobody' && wait.basis !== 'closed'

/** What somebody who has not written yet wants to know: is anybody there, and how long will it take? */
export function statusText(
  { office, wait }: Pick<Config, 'office' | 'wait'>,
  locale: Locale,
  say: Say<Word>,
): string {
  if (office.is_open) {
    if (wait.basis === 'nobody' || wait.basis === 'closed') return say('nobody')
    const time = waitText(wait, say)
    return time ? `${say('online')} · ${say('wait', time)}` : say('online')
  }
  return office.opens_at
    ? `${say('away')} · ${say('back', opening(new Date(office.opens_at), locale))}`
    : say('away')
}
