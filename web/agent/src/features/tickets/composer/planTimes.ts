export interface PlanTime {
  key: 'hour' | 'tomorrow' | 'monday'
  at: Date
  /** The hour is that of the customer's clock, which is not ours. */
  isTheirs: boolean
}

interface Wall {
  year: number
  month: number
  day: number
  hour: number
}

/** What a clock in a zone shows. */
function wallOf(at: Date, zone: string): Wall & { minute: number } {
  const parts = new Intl.DateTimeFormat('en-CA', {
    timeZone: zone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).formatToParts(at)
  const part = (type: string): number => Number(parts.find((one) => one.type === type)?.value ?? 0)
  return {
    year: part('year'),
    month: part('month'),
    day: part('day'),
    hour: part('hour'),
    minute: part('minute'),
  }
}

/** The moment at which clocks of a zone show an hour, some days from now. */
export function atHourIn(zone: string, now: Date, days: number, hour: number): Date {
  const here = wallOf(now, zone)
  const wanted = Date.UTC(here.year, here.month - 1, here.day + days, hour)
  // the offset of that day, asked twice: the first guess may lie on the other side of a change of clocks
  let at = wanted
  for (let turn = 0; turn < 2; turn += 1) {
    const wall = wallOf(new Date(at), zone)
    const shown = Date.UTC(wall.year, wall.month - 1, wall.day, wall.hour, wall.minute)
    at += wanted - shown
  }
  return new Date(at)
}

export function isZone(zone: string): boolean {
  try {
    return zone !== '' && new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}

/** Moments that people mean by "send later"; hours are those of the customer's clock where that is known. */
export function planTimes(now: Date, ours: string, theirs: string): PlanTime[] {
  const isTheirs = isZone(theirs) && theirs !== ours
  const zone = isTheirs ? theirs : ours
  const wall = wallOf(now, zone)
  const weekday = new Date(Date.UTC(wall.year, wall.month - 1, wall.day)).getUTCDay()
  const toMonday = (8 - weekday) % 7 || 7
  const times: PlanTime[] = [
    { key: 'hour', at: new Date(now.getTime() + 3_600_000), isTheirs: false },
    { key: 'tomorrow', at: atHourIn(zone, now, 1, 9), isTheirs },
  ]
  if (toMonday !== 1) times.push({ key: 'monday', at: atHourIn(zone, now, toMonday, 9), isTheirs })
  return times
}
