import type { ReleaseRow } from '@api'
import { expect, it } from 'vitest'
import { daysTo, forField, inDays, isUnready, stateOf } from './data'

const NOW = new Date('2026-11-22T08:00:00Z').getTime()
const DAY = 86_400_000

const make = (days: number, more: Partial<ReleaseRow> = {}): ReleaseRow => ({
  id: 1,
  kind: 'release',
  title: 'App 5.2',
  team_id: 1,
  team_name: 'Product',
  owner_id: 1,
  owner_name: 'Bao',
  live_at: new Date(NOW + days * DAY).toISOString(),
  decision: null,
  called_off_at: null,
  announced_at: '2026-11-01T08:00:00Z',
  items_done: 1,
  items_all: 2,
  questions_open: 0,
  is_read: false,
  is_short: false,
  standing: 'coming',
  ...more,
})

it.each([
  [make(20), 'undecided', 'warn'],
  [make(20, { items_done: 2 }), 'undecided', 'info'],
  [make(20, { decision: 'go' }), 'go', 'good'],
  [make(20, { decision: 'no_go' }), 'noGo', 'bad'],
  [make(-1), 'passed', 'bad'],
  [make(-1, { decision: 'go', standing: 'live' }), 'live', 'good'],
  [make(-90, { decision: 'go', standing: 'past' }), 'past', 'good'],
  [make(3, { called_off_at: '2026-11-20T08:00:00Z', standing: 'past' }), 'calledOff', 'plain'],
])('says how a note stands', (note, key, tone) => {
  expect(stateOf(note, NOW)).toEqual({ key, tone })
})

it('warns of what goes live within two weeks and is not ready', () => {
  expect(isUnready(make(13), NOW)).toBe(true)
  expect(isUnready(make(15), NOW)).toBe(false)
  expect(isUnready(make(13, { items_done: 2 }), NOW)).toBe(false)
  expect(isUnready(make(13, { decision: 'go' }), NOW)).toBe(false)
  expect(isUnready(make(13, { called_off_at: '2026-11-20T08:00:00Z' }), NOW)).toBe(false)
})

it('counts whole days to a moment', () => {
  expect(daysTo(new Date(NOW + 8.2 * DAY).toISOString(), NOW)).toBe(9)
  expect(daysTo(new Date(NOW).toISOString(), NOW)).toBe(0)
})

it('shows a moment as a field has it, and takes it back as it was', () => {
  const at = inDays(3, NOW)
  expect(new Date(forField(at)).getTime()).toBe(at.getTime())
  expect(forField(at)).toMatch(/^\d{4}-\d{2}-\d{2}T10:00$/)
})
