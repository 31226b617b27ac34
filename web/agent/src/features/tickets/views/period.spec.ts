import { describe, expect, it } from 'vitest'
import { firstOfMonth, momentOf, nextDay, today } from './period'

describe('period', () => {
  it('knows the day of a zone', () => {
    const now = new Date('2026-11-22T20:00:00Z')
    expect([today('Asia/Shanghai', now), today('UTC', now)]).toEqual(['2026-11-23', '2026-11-22'])
    expect(firstOfMonth('2026-11-23')).toBe('2026-11-01')
  })

  it.each([
    ['2026-11-30', '2026-12-01'],
    ['2028-02-28', '2028-02-29'],
    ['2026-12-31', '2027-01-01'],
  ])('after %s comes %s', (day, next) => expect(nextDay(day)).toBe(next))

  it.each([
    ['2026-11-23', 'Asia/Shanghai', '2026-11-22T16:00:00.000Z'],
    ['2026-11-23', 'UTC', '2026-11-23T00:00:00.000Z'],
    ['2026-07-01', 'America/New_York', '2026-07-01T04:00:00.000Z'],
    // the clocks go forward in Berlin on this day, and back on the other
    ['2026-03-29', 'Europe/Berlin', '2026-03-28T23:00:00.000Z'],
    ['2026-03-30', 'Europe/Berlin', '2026-03-29T22:00:00.000Z'],
    ['2026-10-26', 'Europe/Berlin', '2026-10-25T23:00:00.000Z'],
  ])('%s begins in %s at %s', (day, zone, at) => expect(momentOf(day, zone)).toBe(at))
})
