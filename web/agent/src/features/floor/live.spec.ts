import type { Live, LiveAgent, LiveQueue } from '@api'
import { describe, expect, it } from 'vitest'
import { moodOf, needsLook, occupancy, percent, sumUp, withFrame } from './live'

const agent = (change: Partial<LiveAgent> = {}): LiveAgent => ({
  person_id: 1,
  team_ids: [1],
  state: 'online',
  reason: '',
  note: '',
  since: null,
  limit_at: null,
  load_points: 0,
  capacity_points: 12,
  chats: 0,
  others: 0,
  unanswered_at: null,
  is_suspended: false,
  ...change,
})
const queue = (change: Partial<LiveQueue> = {}): LiveQueue => ({
  team_id: 1,
  waiting: 0,
  oldest_at: null,
  in_work: 0,
  today: { n: 0, in_time: 0 },
  half_hour: { n: 0, in_time: 0 },
  level: null,
  ...change,
})
const live = (queues: LiveQueue[], agents: LiveAgent[]): Live => ({
  at: '',
  queues,
  agents,
  breaks: [],
  hands: [],
  alarms: [],
})

describe('withFrame', () => {
  it('puts a changed queue and agent in their place and adds new ones', () => {
    const before = live([queue(), queue({ team_id: 2 })], [agent(), agent({ person_id: 2 })])
    const frame = {
      team_id: 1,
      queue: queue({ waiting: 3 }),
      agents: [agent({ state: 'busy' }), agent({ person_id: 9 })],
      gone: [],
    }
    const after = withFrame(before, frame)
    expect(after.queues.map((one) => one.waiting)).toEqual([3, 0])
    expect(after.agents.map((one) => [one.person_id, one.state])).toEqual([
      [1, 'busy'],
      [2, 'online'],
      [9, 'online'],
    ])
    expect(withFrame(after, frame)).toEqual(after)
  })

  it('keeps whoever left one of two teams and drops whoever left their last', () => {
    const before = live([], [agent(), agent({ person_id: 2, team_ids: [1, 2] })])
    const after = withFrame(before, { team_id: 1, queue: null, agents: [], gone: [1, 2] })
    expect(after.agents.map((one) => [one.person_id, one.team_ids])).toEqual([[2, [2]]])
  })
})

describe('moodOf', () => {
  it.each([
    [agent(), 'idle'],
    [agent({ chats: 1 }), 'work'],
    [agent({ others: 2 }), 'work'],
    [agent({ state: 'break', chats: 1 }), 'break'],
  ])('tells work from waiting for it', (one, mood) => expect(moodOf(one)).toBe(mood))
})

describe('occupancy', () => {
  it('counts those who could take work only', () => {
    const there = [agent({ chats: 1 }), agent(), agent({ state: 'wrap_up' }), agent({ state: 'break' })]
    expect(occupancy(there)).toEqual({ percent: 67, n: 3 })
    expect(occupancy([agent({ state: 'offline' })])).toBeNull()
  })
})

describe('sumUp', () => {
  it('adds queues and finds the oldest of all', () => {
    const found = sumUp([
      queue({ waiting: 2, oldest_at: '2026-11-23T09:05:00Z', today: { n: 4, in_time: 3 } }),
      queue({ waiting: 1, oldest_at: '2026-11-23T09:01:00Z', today: { n: 4, in_time: 4 } }),
      queue(),
    ])
    expect(found).toEqual({
      waiting: 3,
      oldestAt: '2026-11-23T09:01:00Z',
      today: { n: 8, in_time: 7 },
      halfHour: { n: 0, in_time: 0 },
    })
    expect([percent(found.today), percent(found.halfHour)]).toEqual([88, null])
  })
})

describe('needsLook', () => {
  const now = Date.parse('2026-11-23T09:02:00Z')
  it.each([
    [agent(), false],
    [agent({ limit_at: '2026-11-23T09:01:59Z', state: 'break' }), true],
    [agent({ chats: 1, unanswered_at: '2026-11-23T09:01:30Z' }), false],
    [agent({ chats: 1, unanswered_at: '2026-11-23T09:00:30Z' }), true],
    [agent({ others: 1, unanswered_at: '2026-11-22T09:00:30Z' }), false],
  ])('marks what is over its limit', (one, wanted) => expect(needsLook(one, now)).toBe(wanted))
})
