import { api, ApiError, withQuery, type Id, type LinkVerb, type MergeHint, type Ticket } from '@api'
import { i18n } from '@/i18n'
import { errorText } from '@/shared/errorText'
import { queryClient } from '@/shared/queryClient'
import { toast } from '@/shared/toasts'
import { refreshCountsSoon } from '../data/live'

const UNDO_MS = 10_000
const t = i18n.global.t
const path = (id: Id, rest: string): string => `/tickets/${String(id)}${rest}`
const named = (ids: Id[]): string => ids.map((id) => `#${String(id)}`).join(t('tickets.listComma'))

/** Tickets to merge or link: by number or subject; without a text the same customer's open ones. */
export async function findHints(ticketId: Id, q: string, signal?: AbortSignal): Promise<MergeHint[]> {
  return (await api.get<{ items: MergeHint[] }>(withQuery(path(ticketId, '/merge-hints'), { q }), signal))
    .items
}

/** What the caches hold of these tickets and of their lists is old. */
export function forget(ids: Id[]): void {
  for (const id of ids) {
    void queryClient.invalidateQueries({ queryKey: ['ticket', id] })
    void queryClient.invalidateQueries({ queryKey: ['timeline', id] })
  }
  void queryClient.invalidateQueries({ queryKey: ['tickets'] })
  void queryClient.invalidateQueries({ queryKey: ['customer'] })
  refreshCountsSoon()
}

async function attempt<T>(ask: () => Promise<T>): Promise<T | null> {
  try {
    return await ask()
  } catch (error) {
    toast(errorText(error), { tone: 'bad' })
    return null
  }
}

export interface MergeWish {
  targetId: Id
  sourceIds: Id[]
  hasCopies: boolean
  isConfirmed: boolean
}

/** Merge; `confirm` means that the customers differ and nobody said yet that this is meant. */
export async function mergeTickets(wish: MergeWish): Promise<Ticket | 'confirm' | null> {
  const { targetId, sourceIds, hasCopies, isConfirmed } = wish
  const body = { source_ids: sourceIds, cc_requesters: hasCopies, confirmed: isConfirmed }
  try {
    const merged = await api.post<Ticket>(path(targetId, '/merge'), body)
    forget([targetId, ...sourceIds])
    const undo = { label: t('tickets.merge.undo'), run: () => void unmergeAll(targetId, sourceIds) }
    toast(t('tickets.merge.done', { sources: named(sourceIds), target: targetId }), {
      tone: 'good',
      action: undo,
      milliseconds: UNDO_MS,
    })
    return merged
  } catch (error) {
    if (error instanceof ApiError && error.code === 'other_customer') return 'confirm'
    toast(errorText(error), { tone: 'bad' })
    return null
  }
}

/** Take merges back, the last one first. */
export async function unmergeAll(targetId: Id, sourceIds: Id[]): Promise<boolean> {
  for (const sourceId of sourceIds.toReversed()) {
    const body = { source_id: sourceId }
    if (!(await attempt(() => api.post<Ticket>(path(targetId, '/unmerge'), body)))) return false
  }
  forget([targetId, ...sourceIds])
  toast(t('tickets.merge.undone', { sources: named(sourceIds) }), { tone: 'good' })
  return true
}

export interface SplitWish {
  entry_ids: Id[]
  subject: string
  customer_id?: Id
  team_id?: Id
}

/** Give entries a ticket of their own. */
export async function splitTicket(ticketId: Id, wish: SplitWish): Promise<Ticket | null> {
  const made = await attempt(() => api.post<Ticket>(path(ticketId, '/split'), wish))
  if (!made) return null
  forget([ticketId, made.id])
  const back = { targetId: ticketId, sourceIds: [made.id], hasCopies: false, isConfirmed: true }
  toast(t('tickets.split.done', { id: made.id }), {
    tone: 'good',
    action: { label: t('tickets.merge.undo'), run: () => void mergeTickets(back) },
    milliseconds: UNDO_MS,
  })
  return made
}

export async function linkTickets(ticketId: Id, otherId: Id, kind: LinkVerb): Promise<boolean> {
  const body = { other_id: otherId, kind }
  if (!(await attempt(() => api.post<Ticket>(path(ticketId, '/links'), body)))) return false
  forget([ticketId, otherId])
  return true
}

export async function unlinkTickets(ticketId: Id, otherId: Id, kind: LinkVerb): Promise<boolean> {
  const address = withQuery(path(ticketId, `/links/${String(otherId)}`), { kind })
  if (!(await attempt(() => api.delete<Ticket>(address)))) return false
  forget([ticketId, otherId])
  toast(t('tickets.links.removed', { id: otherId }), {
    action: { label: t('tickets.merge.undo'), run: () => void linkTickets(ticketId, otherId, kind) },
    milliseconds: UNDO_MS,
  })
  return true
}
