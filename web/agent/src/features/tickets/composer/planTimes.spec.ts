import { expect, it } from 'vitest'
import { atHourIn, isZone, planTimes } from './planTimes'

// a Saturday
const now = new Date('2026-03-28T10:30:00Z')
const at = (zone: string, key: string): string | undefined =>
  planTimes(now, 'Europe/Berlin', zone)
    .find((one) => one.key === key)
    ?.at.toISOString()

it('plans by the clock of the customer', () => {
  expect(at('Asia/Shanghai', 'hour')).toBe('2026-03-28T11:30:00.000Z')
  expect(at('Asia/Shanghai', 'tomorrow')).toBe('2026-03-29T01:00:00.000Z')
  expect(at('Asia/Shanghai', 'monday')).toBe('2026-03-30T01:00:00.000Z')
  expect(at('America/New_York', 'tomorrow')).toBe('2026-03-29T13:00:00.000Z')
})

it('plans by our own clock when theirs is not known, over the change to summer time', () => {
  expect(at('', 'tomorrow')).toBe('2026-03-29T07:00:00.000Z')
  expect(at('Nowhere/Land', 'tomorrow')).toBe('2026-03-29T07:00:00.000Z')
})

it('marks the hours that are not ours', () => {
  const marks = (zone: string): boolean[] => planTimes(now, 'Europe/Berlin', zone).map((one) => one.isTheirs)
  expect(marks('Asia/Shanghai')).toEqual([false, true, true])
  expect(marks('Europe/Berlin')).toEqual([false, false, false])
})

it('names Monday once: on a Sunday tomorrow says it', () => {
  const sunday = new Date('2026-03-29T10:00:00Z')
  expect(planTimes(sunday, 'UTC', '').map((one) => one.key)).toEqual(['hour', 'tomorrow'])
})

it('knows zones and finds hours in half-hour zones', () => {
  expect([isZone('Asia/Kolkata'), isZone('x'), isZone('')]).toEqual([true, false, false])
  expect(atHourIn('Asia/Kolkata', now, 0, 9).toISOString()).toBe('2026-03-28T03:30:00.000Z')
})
