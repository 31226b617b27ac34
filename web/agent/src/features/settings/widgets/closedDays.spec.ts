import { describe, expect, it } from 'vitest'
import { addSpan, daysOf, removeSpan, spansOf } from './closedDays'

const week = { from: '2026-09-29', to: '2026-10-02' }

describe('days off', () => {
  it('of a span are counted over the end of a month', () => {
    expect(daysOf(week)).toEqual(['2026-09-29', '2026-09-30', '2026-10-01', '2026-10-02'])
    expect(daysOf({ from: '2028-02-28', to: '2028-03-01' })).toHaveLength(3)
  })

  it.each([
    { from: '2026-10-02', to: '2026-10-01' },
    { from: '', to: '2026-10-01' },
    { from: '2026-01-01', to: '2030-01-01' },
  ])('of $from to $to are none', (span) => expect(daysOf(span)).toEqual([]))

  it('that follow each other are shown as one span', () => {
    expect(spansOf(['2026-12-25', ...daysOf(week)].reverse())).toEqual([
      week,
      { from: '2026-12-25', to: '2026-12-25' },
    ])
    expect(spansOf([])).toEqual([])
  })

  it('are added once and in order, and removed with their span', () => {
    const days = addSpan(['2026-10-01', '2026-01-01'], week)
    expect(days).toEqual(['2026-01-01', ...daysOf(week)])
    expect(removeSpan(days, week)).toEqual(['2026-01-01'])
  })
})
