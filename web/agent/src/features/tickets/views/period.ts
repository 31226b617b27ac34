const DAY_MS = 86_400_000

/** The day of now in a zone, as 2026-11-22. */
export function today(zone: string, now = new Date()): string {
  return new Intl.DateTimeFormat('sv-SE', { timeZone: zone }).format(now)
}

export const firstOfMonth = (day: string): string => `${day.slice(0, 8)}01`

export function nextDay(day: string): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + DAY_MS).toISOString().slice(0, 10)
}

/** How many milliseconds a zone is ahead of UTC at a moment. */
function aheadOf(zone: string, at: number): number {
  const options = { timeZone: zone, dateStyle: 'short', timeStyle: 'medium' } as const
  // Swedish writes moments as ISO does
  const there = new Intl.DateTimeFormat('sv-SE', options).format(new Date(at))
  return Date.parse(`${there.replace(' ', 'T')}Z`) - Math.floor(at / 1_000) * 1_000
}

/** The moment at which a day begins in a zone, in UTC. */
export function momentOf(day: string, zone: string): string {
  const midnight = Date.parse(`${day}T00:00:00Z`)
  const guess = midnight - aheadOf(zone, midnight)
  // where the clocks change that night, the offset of the guess is the right one
  return new Date(midnight - aheadOf(zone, guess)).toISOString()
}
