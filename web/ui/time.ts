import { ref, type Ref } from 'vue'

/** The present moment in milliseconds, renewed every 15 s: what relative times are counted from. */
export const now: Ref<number> = ref(Date.now())

/** The reader's time zone: that of their profile, or of the browser. */
export const timeZone: Ref<string> = ref(Intl.DateTimeFormat().resolvedOptions().timeZone)

export function startClock(): void {
  window.setInterval(() => (now.value = Date.now()), 15_000)
}

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

const formats = new Map<string, Intl.DateTimeFormat>()

function format(locale: string, zone: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${locale}|${zone}|${JSON.stringify(options)}`
  let found = formats.get(key)
  if (!found) {
    found = new Intl.DateTimeFormat(locale, { ...options, timeZone: zone })
    formats.set(key, found)
  }
  return found
}

/** Date and time in full with the zone's name: what hovering shows. */
export function exactTime(at: string | number, locale: string, zone = timeZone.value): string {
  return format(locale, zone, {
    year: 'numeric',
    month: 'short',
    day: 'numeric',
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
    timeZoneName: 'short',
  }).format(new Date(at))
}

/** Date and time without seconds or zone: for facts that stand in a text. */
export function dateTime(at: string | number, locale: string, zone = timeZone.value): string {
  const options: Intl.DateTimeFormatOptions = {
    year: 'numeric',
    month: 'short',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }
  return format(locale, zone, options).format(new Date(at))
}

/** Weekday, hours and minutes: for moments within the next days. */
export function weekdayTime(at: string | number, locale: string, zone = timeZone.value): string {
  const options: Intl.DateTimeFormatOptions = {
    weekday: 'short',
    month: 'numeric',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }
  return format(locale, zone, options).format(new Date(at))
}

/** Hours and minutes of a day. */
export function clockTime(at: string | number, locale: string, zone = timeZone.value): string {
  return format(locale, zone, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(new Date(at))
}

/** The calendar day as a key that sorts: 2026-11-24. */
export function dayKey(at: string | number, zone = timeZone.value): string {
  return format('en-CA', zone, { year: 'numeric', month: '2-digit', day: '2-digit' }).format(new Date(at))
}

/** The day as a separator in a timeline: with the weekday, with the year only if it is not this one. */
export function dayName(
  at: string | number,
  locale: string,
  reference = now.value,
  zone = timeZone.value,
): string {
  const sameYear = dayKey(at, zone).slice(0, 4) === dayKey(reference, zone).slice(0, 4)
  const options: Intl.DateTimeFormatOptions = { month: 'long', day: 'numeric', weekday: 'short' }
  return format(locale, zone, sameYear ? options : { ...options, year: 'numeric' }).format(new Date(at))
}

const words = {
  en: {
    now: 'now',
    minutes: (n: number) => `${n}m`,
    hours: (n: number) => `${n}h`,
    days: (n: number) => `${n}d`,
  },
  'zh-CN': {
    now: '刚刚',
    minutes: (n: number) => `${n} 分钟`,
    hours: (n: number) => `${n} 小时`,
    days: (n: number) => `${n} 天`,
  },
}

/** How long ago or how far ahead, as short as a list needs it; past a week the date. */
export function relativeTime(
  at: string | number,
  locale: string,
  reference = now.value,
  zone = timeZone.value,
): string {
  const distance = Math.abs(reference - new Date(at).getTime())
  const say = locale === 'zh-CN' ? words['zh-CN'] : words.en
  if (distance < MINUTE) return say.now
  if (distance < HOUR) return say.minutes(Math.floor(distance / MINUTE))
  if (distance < DAY) return say.hours(Math.floor(distance / HOUR))
  if (distance < 7 * DAY) return say.days(Math.floor(distance / DAY))
  const sameYear = dayKey(at, zone).slice(0, 4) === dayKey(reference, zone).slice(0, 4)
  const options: Intl.DateTimeFormatOptions = sameYear
    ? { month: locale === 'zh-CN' ? 'numeric' : 'short', day: 'numeric' }
    : { year: 'numeric', month: 'short', day: 'numeric' }
  return format(locale, zone, options).format(new Date(at))
}
