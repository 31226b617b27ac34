import { describe, expect, it } from 'vitest'
import { clock, parseDuration } from './duration'

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

describe('clock', () => {
  it.each([
    [0, '0:00'],
    [65, '1:05'],
    [3_723, '1:02:03'],
  ])('shows %i s', (seconds, shown) => expect(clock(seconds)).toBe(shown))
})
