import { describe, expect, it } from 'vitest'
import { left, withFrame, type Shown } from './offers'

const shown = (id: number): Shown => ({
  id,
  ticket_id: 10_000 + id,
  subject: 'Washing machine',
  customer_name: 'Rosa',
  team_id: 1,
  channel_kind: 'chat',
  priority: 2,
  preview: '',
  offered_at: '2026-11-23T09:00:00Z',
  expires_at: '2026-11-23T09:00:30Z',
  seconds: 30,
  until: 40_000,
})

describe('withFrame', () => {
  it('asks for an offer that it does not know yet', () => {
    expect(withFrame([], { offer_id: 1, state: 'open', ticket_id: 10_001 })).toBeNull()
    const known = [shown(1)]
    expect(withFrame(known, { offer_id: 1, state: 'open', ticket_id: 10_001 })).toBe(known)
  })

  it.each(['accepted', 'declined', 'missed', 'withdrawn'] as const)('drops what was %s', (state) => {
    const found = withFrame([shown(1), shown(2)], { offer_id: 1, state, ticket_id: 10_001 })
    expect(found?.map((one) => one.id)).toEqual([2])
  })
})

describe('left', () => {
  it('counts down to nothing and not below', () => {
    expect(left(shown(1), 10_000)).toEqual({ seconds: 30, share: 0 })
    expect(left(shown(1), 25_000)).toEqual({ seconds: 15, share: 0.5 })
    expect(left(shown(1), 99_000)).toEqual({ seconds: 0, share: 1 })
  })
})
