export interface TimeZoneOption extends Record<string, unknown> {
  value: string
  label: string
  /** What typing is compared with: place, English place and offset in lower case. */
  words: string
}

function part(zone: string, locale: string, style: 'longOffset' | 'longGeneric', at: Date): string {
  const parts = new Intl.DateTimeFormat(locale, { timeZone: zone, timeZoneName: style }).formatToParts(at)
  return parts.find((piece) => piece.type === 'timeZoneName')?.value ?? ''
}

/** Minutes east of Greenwich, from a name such as GMT+05:30; GMT alone is 0. */
export function offsetMinutes(name: string): number {
  const found = /GMT([+-])(\d{2}):(\d{2})/.exec(name)
  if (!found) return 0
  const minutes = Number(found[2]) * 60 + Number(found[3])
  return found[1] === '-' ? -minutes : minutes
}

/** All zones of the browser from west to east, with the offset that holds at `at`; `chosen` is among them even if unknown. */
export function timeZoneOptions(locale: string, at: Date, chosen: string): TimeZoneOption[] {
  const zones = new Set(['UTC', chosen, ...Intl.supportedValuesOf('timeZone')].filter(Boolean))
  return [...zones]
    .map((zone) => {
      const offset = part(zone, 'en', 'longOffset', at)
      const place = zone.replaceAll('_', ' ')
      const name = part(zone, locale, 'longGeneric', at)
      const label = `${place} · ${offset.replace('GMT', 'UTC')} · ${name}`
      return { value: zone, label, words: label.toLowerCase(), minutes: offsetMinutes(offset) }
    })
    .sort((a, b) => a.minutes - b.minutes || a.value.localeCompare(b.value))
    .map(({ value, label, words }) => ({ value, label, words }))
}
