import { expect, it } from 'vitest'
import {
  emptyMeasures,
  evenly,
  formOf,
  hoursOf,
  hourText,
  measuresOf,
  pathOf,
  shown,
  topOf,
  verdictOf,
} from './data'

it('names only the measures that a plan has', () => {
  expect(measuresOf(undefined)).toEqual([])
  expect(measuresOf(emptyMeasures())).toEqual([])
  expect(
    measuresOf({
      more_at_a_time: 1,
      announcement: { en: '', zh: '排队' },
      step_times: 0.5,
      blocks_breaks: true,
    }),
  ).toEqual(['more', 'steps', 'announce', 'breaks'])
  expect(measuresOf({ park_condition: { all: [] }, calls_reserve: true })).toEqual(['reserve', 'park'])
})

it('gives a form every field and changes no plan', () => {
  const spec = { name_en: 'A', name_zh: '甲', minutes: 30, measures: { more_at_a_time: 2 } }
  const form = formOf(spec)
  form.measures.more_at_a_time = 3
  expect(spec.measures.more_at_a_time).toBe(2)
  expect(form.measures.step_times).toBe(1)
  expect(formOf(null).minutes).toBe(120)
})

it.each([
  ['service_level', { mean: 0.982, margin: 0.004 }, '98.2 ± 0.4 %'],
  ['mean_wait', { mean: 12.34, margin: null }, '12.3'],
  ['fairness', { mean: 0.9991, margin: 0.0004 }, '0.999 ± 0.000'],
])('shows %s with what it may lie off', (name, value, text) => {
  expect(shown(name, value)).toBe(text)
})

it('shows what is not there, and signs differences', () => {
  expect(shown('strain', undefined)).toBe('–')
  expect(shown('strain', { mean: 2, margin: 1 }, true)).toBe('+2.0 ± 1.0')
  expect(shown('strain', { mean: -2, margin: 1 }, true)).toBe('-2.0 ± 1.0')
})

it.each([
  ['service_level', { mean: 0.02, margin: 0.01 }, 'better'],
  ['service_level', { mean: -0.02, margin: 0.01 }, 'worse'],
  ['service_level', { mean: 0.02, margin: 0.03 }, 'same'],
  ['mean_wait', { mean: -5, margin: 1 }, 'better'],
  ['mean_wait', { mean: 5, margin: 1 }, 'worse'],
  ['strain', { mean: 1, margin: null }, 'same'],
  ['occupancy', { mean: 0.06, margin: 0.01 }, 'more'],
  ['occupancy', { mean: -0.06, margin: 0.01 }, 'fewer'],
  ['occupancy', { mean: 0.06, margin: 0.07 }, 'same'],
])('says of %s whether ours is better', (name, value, verdict) => {
  expect(verdictOf(name, value)).toBe(verdict)
})

it('draws a line with gaps', () => {
  expect(pathOf([0, 10, null, 5], 10, 30, 20)).toBe('M0.0 20.0L10.0 0.0M30.0 10.0')
  expect(pathOf([], 10, 30, 20)).toBe('')
})

it('ends an axis at a round number', () => {
  expect(topOf([0, 37, null])).toBe(40)
  expect(topOf([])).toBe(1)
  expect(topOf([120])).toBe(200)
})

it('names whole hours where they are, also on a day that ends between two', () => {
  const bars = Array.from({ length: 48 }, (_, at) => ({ minute: 480 + at * 15 }))
  const ticks = hoursOf(bars)
  expect(ticks.map((one) => one.text)).toEqual(['08:00', '10:00', '12:00', '14:00', '16:00', '18:00'])
  expect(ticks[1]?.at).toBeCloseTo(120 / 705)
})

it('names every hour of a short day, the first whole one first, and none of nothing', () => {
  const bars = [{ minute: 510 }, { minute: 690 }]
  expect(hoursOf(bars).map((one) => one.text)).toEqual(['09:00', '10:00', '11:00'])
  expect(hoursOf([])).toEqual([])
  expect(hoursOf([{ minute: 510 }])).toEqual([])
})

it('puts words evenly below a line', () => {
  expect(evenly(['a', 'b', 'c']).map((one) => one.at)).toEqual([0, 0.5, 1])
  expect(evenly(['a'])).toEqual([{ text: 'a', at: 0 }])
})

it('says an hour as a clock does', () => {
  expect(hourText(510)).toBe('08:30')
  expect(hourText(1199.9)).toBe('20:00')
})
