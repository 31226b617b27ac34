export interface QuietHours {
  start: number
  end: number
}

const two = (n: number): string => String(n).padStart(2, '0')

/** Minutes of a day as a time input has them: 22:30. */
export const clockText = (minutes: number): string => `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`

/** What a time input says, in minutes; null if it is no time. */
export function clockMinutes(text: string): number | null {
  const found = /^(\d{1,2}):(\d{2})$/.exec(text.trim())
  if (!found) return null
  const [hours, minutes] = [Number(found[1]), Number(found[2])]
  return hours < 24 && minutes < 60 ? hours * 60 + minutes : null
}

export const quietWords = ({ start, end }: QuietHours): string => `${clockText(start)} – ${clockText(end)}`
