import type { Entry, Id, Me, Page, Ticket, TicketRow, Timeline } from '@api'
import { queryClient } from '@/shared/queryClient'
import { addArrivals } from './arrivals'
import { belongsTo } from './rules'
import type { ListSource } from './source'
import type { ListData } from './useTicketList'

export interface RowChange {
  row: TicketRow
  /** The customer wrote: it is unread unless it is on the screen. */
  isNewMessage: boolean
}

function mergeRow(old: TicketRow, change: RowChange, isOnScreen: boolean): TicketRow {
  if (old.version > change.row.version) return old
  const unread = isOnScreen ? false : change.isNewMessage || old.unread
  return { ...change.row, unread }
}

function patchPage(page: Page<TicketRow>, changes: Map<Id, RowChange>, openId: Id | null): Page<TicketRow> {
  let isTouched = false
  const items = page.items.map((old) => {
    const change = changes.get(old.id)
    if (!change) return old
    isTouched = true
    return mergeRow(old, change, openId === old.id)
  })
  return isTouched ? { ...page, items } : page
}

/** Rows changed where they stand; a page without a changed row stays the same object. */
export function patchListData(data: ListData, changes: Map<Id, RowChange>, openId: Id | null): ListData {
  return { ...data, pages: data.pages.map((page) => patchPage(page, changes, openId)) }
}

/** Ids that would stand above what the list shows: new ones, and known ones with a new message. */
export function findArrivals(
  data: ListData,
  changes: Map<Id, RowChange>,
  belongs: (row: TicketRow) => boolean,
): Id[] {
  const firstIds = new Set(data.pages[0]?.items.slice(0, 1).map((row) => row.id))
  const known = new Set(data.pages.flatMap((page) => page.items.map((row) => row.id)))
  const newest = data.pages[0]?.items[0]?.activity_at ?? ''
  return [...changes.values()]
    .filter(
      ({ row, isNewMessage }) =>
        belongs(row) && row.activity_at >= newest && (!known.has(row.id) || isNewMessage),
    )
    .map(({ row }) => row.id)
    .filter((id) => !firstIds.has(id))
}

/** Bring changed rows into every cached list. */
export function patchLists(changes: Map<Id, RowChange>, me: Me, openId: Id | null): void {
  const now = Date.now()
  for (const [key, data] of queryClient.getQueriesData<ListData>({ queryKey: ['tickets'] })) {
    if (!data) continue
    const source = key[1] as ListSource
    const arrived = findArrivals(data, changes, (row) => belongsTo(row, source, me, now))
    if (data.pages[0]?.items.length === 0) void queryClient.invalidateQueries({ queryKey: key })
    else
      addArrivals(
        source,
        arrived.filter((id) => id !== openId),
      )
    queryClient.setQueryData<ListData>(key, patchListData(data, changes, openId))
  }
}

/** Change one row by the reader's own hand in all lists, before the server has answered. */
export function changeRow(id: Id, change: Partial<TicketRow>): void {
  queryClient.setQueriesData<ListData>({ queryKey: ['tickets'] }, (data) => {
    if (!data) return data
    const pages = data.pages.map((page) => {
      if (!page.items.some((row) => row.id === id)) return page
      return { ...page, items: page.items.map((row) => (row.id === id ? { ...row, ...change } : row)) }
    })
    return { ...data, pages }
  })
}

/** Take a ticket out of every list. */
export function dropRow(id: Id): void {
  queryClient.setQueriesData<ListData>({ queryKey: ['tickets'] }, (data) => {
    if (!data) return data
    return {
      ...data,
      pages: data.pages.map((page) => ({ ...page, items: page.items.filter((row) => row.id !== id) })),
    }
  })
}

/** Show what a customer is called now, wherever one of their tickets stands. */
export function patchCustomer(customer: TicketRow['customer']): void {
  queryClient.setQueriesData<ListData>({ queryKey: ['tickets'] }, (data) => {
    if (!data) return data
    const pages = data.pages.map((page) => {
      if (!page.items.some((row) => row.customer.id === customer.id)) return page
      return {
        ...page,
        items: page.items.map((row) => (row.customer.id === customer.id ? { ...row, customer } : row)),
      }
    })
    return { ...data, pages }
  })
  queryClient.setQueriesData<Ticket>({ queryKey: ['ticket'] }, (old) =>
    old?.customer.id === customer.id ? { ...old, customer } : old,
  )
}

export function patchTicket(id: Id, change: Partial<Ticket>): void {
  queryClient.setQueryData<Ticket>(['ticket', id], (old) => old && { ...old, ...change })
}

/** Entries by id, in order, each once; a repeated one replaces what was known. */
export function mergeEntries(old: Entry[], added: Entry[]): Entry[] {
  const byId = new Map(old.map((entry) => [entry.id, entry]))
  for (const entry of added) byId.set(entry.id, entry)
  return [...byId.values()].sort((a, b) => a.id - b.id)
}

/** Bring entries into the timeline if it is loaded. */
export function addEntries(ticketId: Id, entries: Entry[]): void {
  if (entries.length === 0) return
  queryClient.setQueryData<Timeline>(
    ['timeline', ticketId],
    (old) => old && { ...old, items: mergeEntries(old.items, entries) },
  )
}

export function dropEntry(ticketId: Id, entryId: Id): void {
  queryClient.setQueryData<Timeline>(
    ['timeline', ticketId],
    (old) => old && { ...old, items: old.items.filter((entry) => entry.id !== entryId) },
  )
}
