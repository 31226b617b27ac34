import { describe, expect, it } from 'vitest'
import type { Outgoing } from '../outbox'
import type { Message } from '../types'
import { asMessage, countUnread, lastId, markRead, mergeMessages, rowsOf } from './thread'

const message = (id: number, more: Partial<Message> = {}): Message => ({
  id,
  client_key: null,
  direction: 'out',
  author_name: 'Lin',
  at: '2026-01-01T00:00:00Z',
  text: `m${id}`,
  attachments: [],
  read_at: null,
  ...more,
})
const outgoing = (client_key: string): Outgoing => ({
  client_key,
  owner: 'v',
  text: client_key,
  attachments: [],
  at: '2026-01-01T00:00:00Z',
  state: 'waiting',
})

describe('mergeMessages', () => {
  it('orders by id whatever the order of arrival', () => {
    const merged = mergeMessages([message(3)], [message(1), message(2)])
    expect(merged.map((each) => each.id)).toEqual([1, 2, 3])
  })

  it('shows a message that comes twice once', () => {
    expect(mergeMessages([message(1)], [message(1), message(1)])).toHaveLength(1)
  })

  it('keeps a read mark that a later copy does not know', () => {
    const read = mergeMessages([message(1, { read_at: 'then' })], [message(1)])
    expect(read[0]?.read_at).toBe('then')
  })

  it('takes the newer text', () => {
    expect(mergeMessages([message(1)], [message(1, { text: 'mended' })])[0]?.text).toBe('mended')
  })
})

describe('rowsOf', () => {
  it('puts what is on its way last', () => {
    const rows = rowsOf([message(1)], [outgoing('a'), outgoing('b')])
    expect(rows.map((row) => row.message.text)).toEqual(['m1', 'a', 'b'])
  })

  it('drops an outgoing message that is in the thread', () => {
    const rows = rowsOf([message(1, { client_key: 'a', direction: 'in' })], [outgoing('a')])
    expect(rows).toHaveLength(1)
    expect(rows[0]?.outgoing).toBeNull()
  })

  it('keeps the key of a line when its message arrives', () => {
    const before = rowsOf([], [outgoing('a')])[0]
    const after = rowsOf([asMessage(outgoing('a'), 7)], [])[0]
    expect(after?.key).toBe(before?.key)
  })
})

describe('reading', () => {
  it('marks own messages up to the one read', () => {
    const own = [1, 2, 3].map((id) => message(id, { direction: 'in' }))
    expect(markRead(own, 2, 'now').map((each) => each.read_at)).toEqual(['now', 'now', null])
  })

  it('leaves the desk’s messages alone', () => {
    expect(markRead([message(1)], 1, 'now')[0]?.read_at).toBeNull()
  })

  it('counts the desk’s messages after the last seen', () => {
    expect(countUnread([message(1), message(2, { direction: 'in' }), message(3)], 1)).toBe(1)
  })

  it('knows the last id of an empty thread', () => {
    expect(lastId([])).toBe(0)
  })
})
