import { describe, expect, it } from 'vitest'
import { clockSpan, lasted } from './duration'

describe('clockSpan', () => {
  it.each([
    [0, '0:00'],
    [7_900, '0:07'],
    [750_000, '12:30'],
    [3_723_000, '1:02:03'],
    [212_400_000, '2d 11h'],
    [-5_000, '0:00'],
  ])('shows %d ms as %s', (span, text) => expect(clockSpan(span)).toBe(text))
})

describe('lasted', () => {
  it('counts from a moment', () =>
    expect(lasted('2026-11-23T09:00:00Z', Date.parse('2026-11-23T09:01:05Z'))).toBe('1:05'))
  it('is nothing without one', () => expect(lasted(null, 0)).toBe(''))
})
