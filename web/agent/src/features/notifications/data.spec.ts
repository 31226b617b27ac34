import type { Notification } from '@api'
import { expect, it } from 'vitest'
import { withNotification } from './data'

const make = (id: number, readAt: string | null = null): Notification => ({
  id,
  kind: 'assigned',
  ticket_id: 1,
  subject: 'x',
  entry_id: null,
  at: '2026-11-22T08:00:00Z',
  read_at: readAt,
})

it('puts the newest first', () => {
  expect(withNotification([make(3), make(1)], make(2)).map((one) => one.id)).toEqual([3, 2, 1])
})

it('shows one that is told twice once, as it is now', () => {
  const list = withNotification([make(1)], make(1, '2026-11-22T09:00:00Z'))
  expect(list).toHaveLength(1)
  expect(list[0]?.read_at).not.toBeNull()
})
