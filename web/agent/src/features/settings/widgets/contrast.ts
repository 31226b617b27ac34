type Rgb = [number, number, number]

/** #0d7a6f or #0d7 as three bytes; null if it is no colour. */
export function parseColour(text: string): Rgb | null {
  const hex = /^#([0-9a-f]{3}|[0-9a-f]{6})$/i.exec(text.trim())?.[1]
  if (!hex) return null
  const full = hex.length === 3 ? [...hex].map((digit) => digit + digit).join('') : hex
  return [0, 2, 4].map((at) => Number.parseInt(full.slice(at, at + 2), 16)) as Rgb
}

function luminance(colour: Rgb): number {
  const [r, g, b] = colour.map((part) => {
    const value = part / 255
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
  }) as Rgb
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}

/** Source: WCAG 2.2, contrast ratio. */
export function contrast(one: Rgb, other: Rgb): number {
  const [dark, bright] = [luminance(one), luminance(other)].sort((a, b) => a - b) as [number, number]
  return (bright + 0.05) / (dark + 0.05)
}

const WHITE: Rgb = [255, 255, 255]
const INK: Rgb = [20, 23, 22]
const READABLE = 4.5

export interface ColourVerdict {
  /** Which text the widget sets on it. */
  text: 'white' | 'dark'
  /** Of that text on the colour, with one digit. */
  ratio: number
  isGood: boolean
}

/** How text on a colour can be read: in white where that is enough, else in dark. */
export function judgeColour(text: string): ColourVerdict | null {
  const colour = parseColour(text)
  if (!colour) return null
  const white = contrast(colour, WHITE)
  const used = white >= READABLE ? white : contrast(colour, INK)
  // cut, not rounded: 4.46 is not 4.5
  return {
    text: white >= READABLE ? 'white' : 'dark',
    ratio: Math.floor(used * 10) / 10,
    isGood: used >= READABLE,
  }
}
