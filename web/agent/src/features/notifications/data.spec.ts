import type { Notification } from '@api'
import { expect, it } from 'vitest'
import { pathOf, withNotification } from './data'

const make = (id: number, readAt: string | null = null): Notification => ({
  id,
  kind: 'assigned',
  ticket_id: 1,
  subject: 'x',
  entry_id: null,
  at: '2026-11-22T08:00:00Z',
  read_at: readAt,
  side_id: null,
  release_id: null,
  task_id: null,
  notice_id: null,
  request_id: null,
  article_id: null,
})

it('puts the newest first', () => {
  expect(withNotification([make(3), make(1)], make(2)).map((one) => one.id)).toEqual([3, 2, 1])
})

it('shows one that is told twice once, as it is now', () => {
  const list = withNotification([make(1)], make(1, '2026-11-22T09:00:00Z'))
  expect(list).toHaveLength(1)
  expect(list[0]?.read_at).not.toBeNull()
})

it('leads to the ticket, the side conversation, what one was asked, or the release', () => {
  expect(pathOf(make(1))).toBe('/tickets/all/1')
  expect(pathOf({ ...make(1), side_id: 4 })).toBe('/tickets/all/1?side=4')
  expect(pathOf({ ...make(1), ticket_id: null, side_id: 4 })).toBe('/asked/4')
  expect(pathOf({ ...make(1), ticket_id: null, release_id: 9 })).toBe('/releases/9')
  expect(pathOf({ ...make(1), ticket_id: null, article_id: 6 })).toBe('/knowledge/6')
  expect(pathOf({ ...make(1), ticket_id: null, task_id: 3 })).toBe('/tasks/3')
})
