import type { ClockView } from '@api'
import { describe, expect, it } from 'vitest'
import { clockTone, dueWords, leftNow, lengthWords, shortLength } from './words'

const t = (key: string, values: Record<string, unknown>): string =>
  `${key.split('.').slice(1).join('.')} ${JSON.stringify(values)}`
const NOW = Date.parse('2026-11-23T09:00:00Z')

function clock(part: Partial<ClockView>): ClockView {
  return {
    state: 'running',
    started_at: '2026-11-23T08:00:00Z',
    due_at: '2026-11-23T10:00:00Z',
    breached_at: null,
    left_seconds: 3_600,
    is_counting: true,
    ...part,
  } as ClockView
}

describe('lengthWords', () => {
  it.each([
    [59, 'length.seconds {"s":59}'],
    [61, 'length.minutes {"m":1,"s":"01"}'],
    [3_660, 'length.hours {"h":1,"m":1}'],
    [90_000, 'length.days {"d":1,"h":1}'],
    [-61, 'length.minutes {"m":1,"s":"01"}'],
  ])('says %d s in its two largest units', (seconds, words) => {
    expect(lengthWords(seconds, t)).toBe(words)
  })

  it('has no seconds in lists', () => {
    expect(shortLength(20, t)).toBe('length.wholeMinutes {"m":1}')
    expect(shortLength(3_700, t)).toBe('length.hours {"h":1,"m":1}')
  })
})

describe('dueWords', () => {
  it.each([
    ['2026-11-23T10:00:00Z', 'plain', 'row.due'],
    ['2026-11-23T09:10:00Z', 'warn', 'row.due'],
    ['2026-11-23T08:50:00Z', 'bad', 'row.overdue'],
  ])('tells of %s by colour and words', (dueAt, tone, words) => {
    const found = dueWords(dueAt, 'resolution', NOW, t)
    expect(found.tone).toBe(tone)
    expect(found.words).toContain(words)
    expect(found.words).toContain('short.resolution')
  })
})

describe('leftNow', () => {
  it('counts down only while the clock counts', () => {
    expect(leftNow(clock({}), NOW, NOW + 60_000)).toBe(3_540)
    expect(leftNow(clock({ is_counting: false }), NOW, NOW + 60_000)).toBe(3_600)
    expect(leftNow(clock({ left_seconds: null }), NOW, NOW)).toBeNull()
  })
})

describe('clockTone', () => {
  const span = { amount: 1, unit: 'working_hours' as const }

  it('is red once overdue and amber in the last fifth of the clock’s own time', () => {
    expect(clockTone(clock({ span }), 3_600, NOW)).toBe('plain')
    expect(clockTone(clock({ span }), 600, NOW)).toBe('warn')
    expect(clockTone(clock({ span }), 0, NOW)).toBe('bad')
    expect(clockTone(clock({ span, breached_at: '2026-11-23T08:30:00Z' }), 600, NOW)).toBe('bad')
    expect(clockTone(clock({ state: 'ended' }), 0, NOW)).toBe('plain')
    expect(clockTone(clock({ state: 'resting', due_at: null, span }), 10, NOW)).toBe('plain')
  })

  it('measures days and deadlines from outside by the wall', () => {
    const days = { amount: 3, unit: 'working_days' as const }
    expect(clockTone(clock({ span: days }), 20, NOW)).toBe('plain')
    expect(clockTone(clock({ span: null }), 600, NOW + 55 * 60_000)).toBe('warn')
  })
})
