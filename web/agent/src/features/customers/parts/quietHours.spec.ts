import { expect, test } from 'vitest'
import { clockMinutes, clockText, quietWords } from './quietHours'

test.each([
  [0, '00:00'],
  [1330, '22:10'],
  [1439, '23:59'],
])('minute %i of the day reads %s and back', (minutes, text) => {
  expect(clockText(minutes)).toBe(text)
  expect(clockMinutes(text)).toBe(minutes)
})

test.each(['', '24:00', '12:60', 'noon', '12'])('%s is no time of day', (text) => {
  expect(clockMinutes(text)).toBeNull()
})

test('quiet hours read from and to', () => {
  expect(quietWords({ start: 1320, end: 480 })).toBe('22:00 – 08:00')
})
