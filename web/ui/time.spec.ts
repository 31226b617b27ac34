import { describe, expect, it } from 'vitest'
import { clockTime, dateTime, dayKey, dayName, exactTime, relativeTime } from './time'

const NOW = Date.parse('2026-11-22T12:00:00Z')
const before = (milliseconds: number): number => NOW - milliseconds
const MINUTE = 60_000
const HOUR = 60 * MINUTE

describe('relativeTime', () => {
  it.each([
    [20_000, 'now', '刚刚'],
    [26 * MINUTE, '26m', '26 分钟'],
    [5 * HOUR, '5h', '5 小时'],
    [3 * 24 * HOUR, '3d', '3 天'],
  ])('says %i ms as %s and %s', (distance, english, chinese) => {
    expect(relativeTime(before(distance), 'en', NOW, 'UTC')).toBe(english)
    expect(relativeTime(before(distance), 'zh-CN', NOW, 'UTC')).toBe(chinese)
  })

  it('gives the date past a week, with the year only if it is another', () => {
    expect(relativeTime('2026-10-01T12:00:00Z', 'en', NOW, 'UTC')).toBe('Oct 1')
    expect(relativeTime('2025-10-01T12:00:00Z', 'en', NOW, 'UTC')).toBe('Oct 1, 2025')
  })

  it('counts ahead as it counts back', () => {
    expect(relativeTime(NOW + 2 * HOUR, 'en', NOW, 'UTC')).toBe('2h')
  })
})

describe("the reader's zone", () => {
  it('decides on which day something was', () => {
    expect(dayKey('2026-11-22T18:00:00Z', 'Asia/Shanghai')).toBe('2026-11-23')
    expect(dayKey('2026-11-22T18:00:00Z', 'America/New_York')).toBe('2026-11-22')
  })

  it('decides the hour', () => {
    expect(clockTime('2026-11-22T16:05:00Z', 'en', 'Asia/Shanghai')).toBe('00:05')
  })

  it('is named in the exact time', () => {
    expect(exactTime('2026-11-22T16:05:09Z', 'en', 'Asia/Shanghai')).toMatch(
      /Mon.*Nov 23, 2026.*00:05:09.*GMT\+8/,
    )
  })

  it('is left out of facts in a text', () => {
    expect(dateTime('2026-11-22T16:05:09Z', 'en', 'UTC')).toBe('Nov 22, 2026, 16:05')
  })
})

describe('dayName', () => {
  it('carries the year only if it is not this one', () => {
    expect(dayName('2026-11-20T12:00:00Z', 'en', NOW, 'UTC')).not.toContain('2026')
    expect(dayName('2024-11-20T12:00:00Z', 'zh-CN', NOW, 'UTC')).toContain('2024')
  })
})
