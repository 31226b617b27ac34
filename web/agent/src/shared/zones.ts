/** The moment of a time on the wall of a zone. */
export function inZone(wall: string, zone: string): string | null {
  const asUtc = /^\d{4}-\d\d-\d\dT\d\d:\d\d$/.test(wall) ? Date.parse(`${wall}:00Z`) : NaN
  if (Number.isNaN(asUtc)) return null
  const format = new Intl.DateTimeFormat('en-CA', {
    timeZone: zone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
  })
  const shown = (at: number): number => {
    const parts = Object.fromEntries(format.formatToParts(new Date(at)).map((one) => [one.type, one.value]))
    return Date.parse(
      `${parts.year}-${parts.month}-${parts.day}T${parts.hour}:${parts.minute}:${parts.second}Z`,
    )
  }
  let at = asUtc
  for (let pass = 0; pass < 2; pass += 1) at -= shown(at) - asUtc
  return new Date(at).toISOString()
}
