import { relativeTime } from '@ui'

const MINUTE = 60_000

/** How long the customer waits, in words; within the first minute it has just come. */
export function waitWords(
  since: string,
  locale: string,
  now: number,
  t: (key: string, values: Record<string, unknown>) => string,
): string {
  if (now - new Date(since).getTime() < MINUTE) return t('tickets.row.justIn', {})
  return t('tickets.row.waits', { time: relativeTime(since, locale, now) })
}
