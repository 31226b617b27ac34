import { expect, it } from 'vitest'
import { minutesOf, toldWords } from './words'

const t = (key: string, values?: Record<string, unknown>): string =>
  [key, ...Object.values(values ?? {})].join(' ')
const rates = (low: number, high: number) =>
  ({ basis: 'rates', position: null, low_seconds: low, high_seconds: high }) as const

it('says what a newcomer is told', () => {
  expect(toldWords(rates(300, 600), t)).toBe('waiting.range 5 10')
  expect(toldWords(rates(0, 300), t)).toBe('waiting.under 0 5')
  expect(toldWords(rates(14_400, 14_400), t)).toBe('waiting.over 240 240')
  const nobody = { basis: 'nobody', position: null, low_seconds: null, high_seconds: null } as const
  expect(toldWords(nobody, t)).toBe('waiting.say.nobody')
})

it('rounds minutes to what can be read', () => {
  expect([minutesOf(90), minutesOf(601), minutesOf(5_000)]).toEqual([1.5, 10, 83])
})
