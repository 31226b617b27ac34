export interface SnoozeTime {
  key: 'hour' | 'evening' | 'tomorrow' | 'monday' | 'week'
  at: Date
}

function atHour(from: Date, days: number, hour: number): Date {
  const day = new Date(from)
  day.setDate(day.getDate() + days)
  day.setHours(hour, 0, 0, 0)
  return day
}

/** Moments that people mean by "later", from now on; this evening only while it is still ahead. */
export function snoozeTimes(now: Date): SnoozeTime[] {
  const toMonday = (8 - now.getDay()) % 7 || 7
  const times: SnoozeTime[] = [{ key: 'hour', at: new Date(now.getTime() + 3_600_000) }]
  if (now.getHours() < 16) times.push({ key: 'evening', at: atHour(now, 0, 18) })
  times.push({ key: 'tomorrow', at: atHour(now, 1, 9) })
  if (toMonday !== 1) times.push({ key: 'monday', at: atHour(now, toMonday, 9) })
  times.push({ key: 'week', at: atHour(now, 7, 9) })
  return times
}
