import type { Say } from '../words'
import type { Word } from './words'
import type { Locale } from '../types'

export interface Times {
  clock(at: string): string
  day(at: string): string
  moment(at: string): string
  size(bytes: number): string
}

/** Times and sizes in the visitor's language and zone. */
export function makeTimes(locale: Locale, say: Say<Word>): Times {
  const format = (options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat(locale, options)
  const clock = format({ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
  const date = format({ month: 'short', day: 'numeric' })
  const moment = format({
    month: 'short',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  })
  const daysAgo = (at: Date) => {
    const midnight = (day: Date) => new Date(day).setHours(0, 0, 0, 0)
    return Math.round((midnight(new Date()) - midnight(at)) / 86_400_000)
  }
  return {
    clock: (at) => clock.format(new Date(at)),
    day(text) {
      const at = new Date(text)
      const days = daysAgo(at)
      return days === 0 ? say('today') : days === 1 ? say('yesterday') : date.format(at)
    },
    moment: (at) => moment.format(new Date(at)),
    size(bytes) {
      const [value, unit] =
        bytes < 1e6 ? [Math.ceil(bytes / 1e3), 'kB'] : [Math.round(bytes / 1e5) / 10, 'MB']
      return `${new Intl.NumberFormat(locale).format(value)} ${unit}`
    },
  }
}
