const HOUR = 3_600
const MOST = 86_400

/** Seconds of a written time: `25` and `25m` are minutes, `1:30` and `1h 30m` are hours and minutes; Chinese units count, too. */
export function parseDuration(typed: string): number | null {
  const text = typed.trim().toLowerCase().replace(',', '.')
  const clock = /^(\d{1,2}):([0-5]\d)$/.exec(text)
  if (clock) return bounded(Number(clock[1]) * HOUR + Number(clock[2]) * 60)
  if (/^\d+$/.test(text)) return bounded(Number(text) * 60)
  const parts =
    /^(?:(\d+(?:\.\d+)?)\s*(?:h|\u5c0f\u65f6|\u65f6))?\s*(?:(\d+)\s*(?:m|min|\u5206\u949f|\u5206))?$/.exec(
      text,
    )
  if (!parts || (!parts[1] && !parts[2])) return null
  return bounded(Math.round(Number(parts[1] ?? 0) * HOUR) + Number(parts[2] ?? 0) * 60)
}

function bounded(seconds: number): number | null {
  return seconds >= 1 && seconds <= MOST ? seconds : null
}

/** Seconds as a clock shows them: 4:05, 1:02:03. */
export function clock(seconds: number): string {
  const [hours, minutes, rest] = [Math.floor(seconds / HOUR), Math.floor((seconds % HOUR) / 60), seconds % 60]
  const tail = `${String(minutes).padStart(hours ? 2 : 1, '0')}:${String(rest).padStart(2, '0')}`
  return hours ? `${String(hours)}:${tail}` : tail
}

type Say = (key: string, values: Record<string, number>) => string

/** Time that was worked, in words; '' for none. */
export function spentText(seconds: number, t: Say): string {
  const minutes = Math.round(seconds / 60)
  if (seconds <= 0) return ''
  if (minutes < 1) return t('together.time.seconds', { n: seconds })
  if (minutes < 60) return t('together.time.minutes', { n: minutes })
  return t('together.time.hours', { h: Math.floor(minutes / 60), m: minutes % 60 })
}
