import { clockTime, weekdayTime } from '@ui'

const MINUTE = 60_000

/** When a promise is due: the end of a day is its 24:00, as it was said. */
export function dueText(at: string, locale: string, zone?: string): string {
  if (clockTime(at, locale, zone) !== '00:00') return weekdayTime(at, locale, zone)
  const eve = weekdayTime(new Date(at).getTime() - MINUTE, locale, zone)
  return eve.replace('23:59', '24:00')
}

/** A moment as a field for date and time shows it, in a zone. */
export function wallOf(at: string, zone: string): string {
  const format = new Intl.DateTimeFormat('sv-SE', {
    timeZone: zone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
  })
  return format.format(new Date(at)).replace(' ', 'T')
}

/** Words as a chip quotes them. */
export function quoted(words: string, most = 60): string {
  const line = words.replace(/\s+/g, ' ')
  return line.length > most ? `${line.slice(0, most - 1)}…` : line
}
