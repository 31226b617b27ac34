import { describe, expect, it } from 'vitest'
import { clock, parseDuration, spentText } from './duration'

describe('parseDuration', () => {
  it.each([
    ['25', 1_500],
    ['25m', 1_500],
    ['1:30', 5_400],
    ['1h 30m', 5_400],
    ['1.5h', 5_400],
    ['1,5 h', 5_400],
    ['1小时30分', 5_400],
    ['45 分钟', 2_700],
    ['24h', 86_400],
  ])('reads %s', (typed, seconds) => expect(parseDuration(typed)).toBe(seconds))

  it.each(['', 'soon', '0', '25h', '1:75', '-5', 'h', '1:30:00'])('refuses %s', (typed) =>
    expect(parseDuration(typed)).toBeNull(),
  )
})

describe('spentText', () => {
  const say = (key: string, values: Record<string, number>): string => `${key} ${JSON.stringify(values)}`
  it.each([
    [0, ''],
    [20, 'together.time.seconds {"n":20}'],
    [90, 'together.time.minutes {"n":2}'],
    [5_400, 'together.time.hours {"h":1,"m":30}'],
  ])('says %i s', (seconds, words) => expect(spentText(seconds, say)).toBe(words))
})

describe('clock', () => {
  it.each([
    [0, '0:00'],
    [65, '1:05'],
    [3_723, '1:02:03'],
  ])('shows %i s', (seconds, shown) => expect(clock(seconds)).toBe(shown))
})
