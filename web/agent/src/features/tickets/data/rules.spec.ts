import { describe, expect, it } from 'vitest'
import { makeMe, makeRow } from '@/testing/fixtures'
import { belongsTo, waitTone } from './rules'
import type { ListSource } from './source'

const NOW = Date.parse('2026-11-22T12:00:00Z')
const me = makeMe()

const source = (change: Partial<ListSource>): ListSource => ({
  view: 'open',
  teamId: null,
  statusId: null,
  customerId: null,
  ...change,
})

describe('belongsTo', () => {
  it.each([
    ['mine', {}, true],
    ['mine', { assignee_id: 2 }, false],
    ['mine', { category: 'solved' as const }, false],
    ['mine', { snoozed_until: '2026-11-23T00:00:00Z' }, false],
    ['mine', { snoozed_until: '2026-11-22T11:00:00Z' }, true],
    ['unassigned', { assignee_id: null }, true],
    ['unassigned', {}, false],
    ['open', { assignee_id: 2 }, true],
    ['open', { category: 'closed' as const }, false],
    ['snoozed', { snoozed_until: '2026-11-23T00:00:00Z' }, true],
    ['snoozed', {}, false],
    ['all', { category: 'closed' as const }, true],
    ['mentions', {}, true],
  ] as const)('view %s with %o: %s', (view, change, expected) => {
    expect(belongsTo(makeRow(change), source({ view }), me, NOW)).toBe(expected)
  })

  it('narrows by team and status', () => {
    expect(belongsTo(makeRow(), source({ teamId: 2 }), me, NOW)).toBe(false)
    expect(belongsTo(makeRow(), source({ statusId: 9 }), me, NOW)).toBe(false)
    expect(belongsTo(makeRow(), source({ teamId: 1, statusId: 1 }), me, NOW)).toBe(true)
  })

  it("shows all of a customer's tickets, solved ones too", () => {
    const ofCustomer = source({ customerId: 7 })
    expect(belongsTo(makeRow({ category: 'closed' }), ofCustomer, me, NOW)).toBe(true)
    expect(belongsTo(makeRow({ customer: { id: 8, name: '', tier: '' } }), ofCustomer, me, NOW)).toBe(false)
  })
})

describe('waitTone', () => {
  const waited = (minutes: number): string => new Date(NOW - minutes * 60_000).toISOString()

  it.each([
    [2, 30, 'plain'],
    [2, 90, 'warn'],
    [2, 300, 'bad'],
    [4, 12, 'warn'],
    [4, 45, 'bad'],
    [1, 120, 'plain'],
  ] as const)('priority %i after %i minutes is %s', (priority, minutes, tone) => {
    expect(waitTone(waited(minutes), priority, NOW)).toBe(tone)
  })
})
