import { describe, expect, it } from 'vitest'
import { snoozeTimes } from './snoozeTimes'

const keys = (now: Date): string[] => snoozeTimes(now).map((time) => time.key)
const at = (now: Date, key: string): Date | undefined => snoozeTimes(now).find((time) => time.key === key)?.at

describe('snoozeTimes', () => {
  it('offers this evening only while it is ahead', () => {
    expect(keys(new Date(2026, 10, 25, 10))).toContain('evening')
    expect(keys(new Date(2026, 10, 25, 17))).not.toContain('evening')
  })

  it('does not offer Monday twice on a Sunday', () => {
    expect(keys(new Date(2026, 10, 22, 10))).not.toContain('monday')
  })

  it('means the next Monday on a Monday', () => {
    expect(at(new Date(2026, 10, 23, 10), 'monday')).toEqual(new Date(2026, 10, 30, 9))
  })

  it('lies ahead, whatever is chosen', () => {
    const now = new Date(2026, 11, 31, 23, 30)
    expect(snoozeTimes(now).every((time) => time.at > now)).toBe(true)
  })
})
