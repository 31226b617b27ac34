/** Brand colours of any kind stay readable. */
type Rgb = [number, number, number]

export function parseColour(text: string): Rgb | null {
  const hex = /^#([0-9a-f]{3}|[0-9a-f]{6})$/i.exec(text.trim())?.[1]
  if (!hex) return null
  const full = hex.length === 3 ? [...hex].map((digit) => digit + digit).join('') : hex
  return [0, 2, 4].map((at) => parseInt(full.slice(at, at + 2), 16)) as Rgb
}

function luminance(colour: Rgb): number {
  const [r, g, b] = colour.map((part) => {
    const value = part / 255
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
  }) as Rgb
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}

/** Source: WCAG 2.2, contrast ratio. */
export function contrast(a: Rgb, b: Rgb): number {
  const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y) as [number, number]
  return (light + 0.05) / (dark + 0.05)
}

const WHITE: Rgb = [255, 255, 255]
const INK: Rgb = [20, 23, 22]
const FALLBACK: Rgb = [13, 122, 111]

const mix = (a: Rgb, b: Rgb, part: number) =>
  a.map((value, i) => Math.round(value + ((b[i] ?? 0) - value) * part)) as Rgb
const css = (colour: Rgb) => `rgb(${colour.join(' ')})`

/** The colour moved towards the far end of the ground until text in it can be read there. */
function readable(colour: Rgb, ground: Rgb, towards: Rgb): Rgb {
  let part = 0
  while (part < 1 && contrast(mix(colour, towards, part), ground) < 4.5) part += 0.05
  return mix(colour, towards, Math.min(1, part))
}

/** Custom properties made of one brand colour: the colour, text on it, and the colour as text in light and dark. */
export function brandColours(text: string): Record<string, string> {
  const brand = parseColour(text) ?? FALLBACK
  return {
    '--brand': css(brand),
    '--on-brand': css(contrast(brand, WHITE) >= 4.5 ? WHITE : readable(INK, brand, [0, 0, 0])),
    '--brand-deep': css(mix(brand, contrast(brand, WHITE) >= 4.5 ? [0, 0, 0] : WHITE, 0.18)),
    '--brand-light-ink': css(readable(brand, WHITE, [0, 0, 0])),
    '--brand-dark-ink': css(readable(brand, [27, 31, 30], WHITE)),
  }
}
