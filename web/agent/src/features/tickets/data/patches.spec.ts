import type { Ticket, Timeline } from '@api'
import { beforeEach, describe, expect, it } from 'vitest'
import { queryClient } from '@/shared/queryClient'
import { makeEntry, makeMe, makeRow, makeTicket } from '@/testing/fixtures'
import { arrivalsOf, forgetArrivals } from './arrivals'
import {
  addEntries,
  changeRow,
  dropEntry,
  dropRow,
  patchCustomer,
  patchLists,
  patchTicket,
  type RowChange,
} from './patches'
import { listKey, type ListSource } from './source'
import { flattenPages, type ListData } from './useTicketList'

const source: ListSource = { view: 'open', teamId: null, statusId: null, customerId: null }
const me = makeMe()
const at = (minute: number): string => `2026-11-22T08:${String(minute).padStart(2, '0')}:00Z`

const fresh = (): ListData => ({
  pages: [
    {
      items: [makeRow({ id: 3, activity_at: at(30) }), makeRow({ id: 2, activity_at: at(20) })],
      next: 'more',
    },
    { items: [makeRow({ id: 1, activity_at: at(10) })], next: null },
  ],
  pageParams: [null, 'more'],
})

const list = (): ListData => queryClient.getQueryData<ListData>(listKey(source)) as ListData
const rowOf = (id: number) => flattenPages(list()).find((row) => row.id === id)

function patch(change: RowChange, openId: number | null = null): void {
  patchLists(new Map([[change.row.id, change]]), me, openId)
}

beforeEach(() => {
  queryClient.clear()
  forgetArrivals(source)
  queryClient.setQueryData(listKey(source), fresh())
})

describe('patchLists', () => {
  it('changes a row where it stands', () => {
    patch({
      row: makeRow({ id: 1, version: 2, preview: 'Thanks', activity_at: at(10) }),
      isNewMessage: false,
    })
    expect(flattenPages(list()).map((row) => row.id)).toEqual([3, 2, 1])
    expect(rowOf(1)?.preview).toBe('Thanks')
  })

  it('leaves pages without a changed row untouched', () => {
    const before = list().pages[0]
    patch({ row: makeRow({ id: 1, version: 2 }), isNewMessage: false })
    expect(list().pages[0]).toBe(before)
  })

  it('passes over a row that is older than what is known', () => {
    patch({ row: makeRow({ id: 1, version: 5, preview: 'new' }), isNewMessage: false })
    patch({ row: makeRow({ id: 1, version: 4, preview: 'old' }), isNewMessage: false })
    expect(rowOf(1)?.preview).toBe('new')
  })

  it('marks a new message unread, unless the ticket is on the screen', () => {
    const change = { row: makeRow({ id: 2, version: 2, activity_at: at(20) }), isNewMessage: true }
    patch(change, 2)
    expect(rowOf(2)?.unread).toBe(false)
    patch({ ...change, row: { ...change.row, version: 3 } })
    expect(rowOf(2)?.unread).toBe(true)
  })

  it('keeps new work behind the pill instead of letting the list jump', () => {
    patch({ row: makeRow({ id: 9, activity_at: at(40) }), isNewMessage: true })
    patch({ row: makeRow({ id: 1, version: 2, activity_at: at(41) }), isNewMessage: true })
    expect(flattenPages(list()).map((row) => row.id)).toEqual([3, 2, 1])
    expect(arrivalsOf(source)).toBe(2)
  })

  it('counts a ticket once, however often it stirs', () => {
    for (const version of [2, 3, 4])
      patch({ row: makeRow({ id: 1, version, activity_at: at(50) }), isNewMessage: true })
    expect(arrivalsOf(source)).toBe(1)
  })

  it('counts nothing that does not belong into the list', () => {
    patch({ row: makeRow({ id: 9, activity_at: at(40), category: 'solved' }), isNewMessage: false })
    expect(arrivalsOf(source)).toBe(0)
  })

  it('counts neither the first row nor the open ticket', () => {
    patch({ row: makeRow({ id: 3, version: 2, activity_at: at(40) }), isNewMessage: true })
    patch({ row: makeRow({ id: 1, version: 2, activity_at: at(41) }), isNewMessage: true }, 1)
    expect(arrivalsOf(source)).toBe(0)
  })
})

describe("the reader's own changes", () => {
  it('change a row in all lists', () => {
    changeRow(2, { priority: 4 })
    expect(rowOf(2)?.priority).toBe(4)
  })

  it('take a finished ticket out', () => {
    dropRow(3)
    expect(flattenPages(list()).map((row) => row.id)).toEqual([2, 1])
  })

  it('change the page of a ticket only if it is loaded', () => {
    patchTicket(1, { subject: 'x' })
    expect(queryClient.getQueryData(['ticket', 1])).toBeUndefined()
    queryClient.setQueryData(['ticket', 1], makeTicket())
    patchTicket(1, { subject: 'x' })
    expect(queryClient.getQueryData<Ticket>(['ticket', 1])?.subject).toBe('x')
  })
})

describe('patchCustomer', () => {
  const other = { id: 8, name: 'Ben', tier: 'VIP' }

  it('shows the new name on every ticket of the customer, and on no other', () => {
    const data = fresh()
    data.pages[0]?.items.splice(0, 1, makeRow({ id: 3, customer: other }))
    queryClient.setQueryData(listKey(source), data)
    queryClient.setQueryData(['ticket', 1], makeTicket({ id: 1 }))
    queryClient.setQueryData(['ticket', 3], makeTicket({ id: 3, customer: other }))
    patchCustomer({ id: 7, name: '琳达', tier: 'VIP' })
    expect([3, 2, 1].map((id) => rowOf(id)?.customer.name)).toEqual(['Ben', '琳达', '琳达'])
    const names = [1, 3].map((id) => queryClient.getQueryData<Ticket>(['ticket', id])?.customer.name)
    expect(names).toEqual(['琳达', 'Ben'])
  })

  it('leaves a page without the customer the same object', () => {
    queryClient.setQueryData(listKey(source), fresh())
    const before = list().pages[0]
    patchCustomer(other)
    expect(list().pages[0]).toBe(before)
  })
})

describe('entries', () => {
  const timeline = (): number[] =>
    queryClient.getQueryData<Timeline>(['timeline', 1])?.items.map((entry) => entry.id) ?? []

  beforeEach(() =>
    queryClient.setQueryData<Timeline>(['timeline', 1], { items: [makeEntry({ id: 5 })], older: true }),
  )

  it('come in order, each once, however often they are told', () => {
    addEntries(1, [makeEntry({ id: 8 }), makeEntry({ id: 6 })])
    addEntries(1, [makeEntry({ id: 6 })])
    expect(timeline()).toEqual([5, 6, 8])
  })

  it('replace what was known of them', () => {
    addEntries(1, [makeEntry({ id: 5, text: 'delivered' })])
    expect(queryClient.getQueryData<Timeline>(['timeline', 1])?.items[0]?.text).toBe('delivered')
  })

  it('go when they are taken back', () => {
    dropEntry(1, 5)
    expect(timeline()).toEqual([])
  })
})

describe('flattenPages', () => {
  it('shows a ticket once that moved between two pages', () => {
    const data = fresh()
    data.pages[1]?.items.unshift(makeRow({ id: 2 }))
    expect(flattenPages(data).map((row) => row.id)).toEqual([3, 2, 1])
  })
})
