import { describe, expect, it } from 'vitest'
import { FACE_COUNT, palettes, type Palette, type ThemeName } from './tokens'

function luminance(hex: string): number {
  const channel = (at: number): number => {
    const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255
    return value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
  }
  return 0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5)
}

function contrast(one: string, other: string): number {
  const [dark, bright] = [luminance(one), luminance(other)].sort((a, b) => a - b) as [number, number]
  return (bright + 0.05) / (dark + 0.05)
}

const grounds: (keyof Palette)[] = [
  'ground',
  'surface',
  'surface-2',
  'hover',
  'selected',
  'customer',
  'agent',
]
const inks: (keyof Palette)[] = ['ink', 'ink-2', 'ink-3']
const pairs: [keyof Palette, keyof Palette][] = [
  ...grounds.flatMap((ground) => inks.map((ink): [keyof Palette, keyof Palette] => [ink, ground])),
  ['on-accent', 'accent'],
  ['accent-strong', 'accent-soft'],
  ['accent-strong', 'surface'],
  ['good', 'good-soft'],
  ['good', 'surface-2'],
  ['warn', 'warn-soft'],
  ['warn', 'surface-2'],
  ['warn', 'selected'],
  ['bad', 'bad-soft'],
  ['bad', 'surface-2'],
  ['bad', 'selected'],
  ['on-bad', 'bad'],
  ['info', 'info-soft'],
  ['gold', 'gold-soft'],
  ['note-ink', 'note'],
  ['on-note', 'note-strong'],
  ['surface', 'ink'],
  ...Array.from({ length: FACE_COUNT }, (_, i): [keyof Palette, keyof Palette] => [
    'on-face',
    `face-${String(i + 1)}` as keyof Palette,
  ]),
]

describe.each(['light', 'dark'] as ThemeName[])('%s theme', (theme) => {
  it.each(pairs)('%s on %s is readable at 4.5:1', (ink, ground) => {
    expect(contrast(palettes[theme][ink], palettes[theme][ground])).toBeGreaterThanOrEqual(4.5)
  })

  it('draws fields with a border of at least 3:1', () => {
    expect(contrast(palettes[theme]['line-field'], palettes[theme].surface)).toBeGreaterThanOrEqual(3)
  })
})
