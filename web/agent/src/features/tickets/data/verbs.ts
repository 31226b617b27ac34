import {
  api,
  ApiError,
  type Id,
  type Notification,
  type Priority,
  type Status,
  type Ticket,
  type TicketRow,
} from '@api'
import { i18n } from '@/i18n'
import { errorText } from '@/shared/errorText'
import { queryClient } from '@/shared/queryClient'
import { toast } from '@/shared/toasts'
import { refreshCountsSoon } from './live'
import { changeRow, patchTicket } from './patches'

/** Show a change at once; take it back with an explanation if the server refuses. */
async function changeOptimistically(
  ticket: TicketRow,
  change: Partial<TicketRow>,
  ask: () => Promise<unknown>,
  wayOut?: { code: string; label: string; run: () => void },
): Promise<boolean> {
  const before = Object.fromEntries(Object.keys(change).map((key) => [key, ticket[key as keyof TicketRow]]))
  changeRow(ticket.id, change)
  patchTicket(ticket.id, change)
  try {
    await ask()
    void queryClient.invalidateQueries({ queryKey: ['ticket', ticket.id] })
    refreshCountsSoon()
    return true
  } catch (error) {
    changeRow(ticket.id, before)
    patchTicket(ticket.id, before)
    const action =
      wayOut && error instanceof ApiError && error.code === wayOut.code && error.body.can_force !== false
        ? wayOut
        : undefined
    toast(errorText(error), { tone: 'bad', action })
    return false
  }
}

const path = (id: Id, rest = ''): string => `/tickets/${String(id)}${rest}`

export function setStatus(ticket: TicketRow, status: Status, isForced = false): Promise<boolean> {
  const body = { status_id: status.id, ...(isForced ? { force_children: true } : {}) }
  const label = i18n.global.t('tickets.links.solveAnyway')
  const wayOut = { code: 'children_open', label, run: () => void setStatus(ticket, status, true) }
  return changeOptimistically(
    ticket,
    { status_id: status.id, category: status.category },
    () => api.patch(path(ticket.id), body),
    wayOut,
  )
}

export function setPriority(ticket: TicketRow, priority: Priority): Promise<boolean> {
  return changeOptimistically(ticket, { priority }, () => api.patch(path(ticket.id), { priority }))
}

export function setSubject(ticket: TicketRow, subject: string): Promise<boolean> {
  return changeOptimistically(ticket, { subject }, () => api.patch(path(ticket.id), { subject }))
}

export function setTags(ticket: TicketRow, tags: string[]): Promise<boolean> {
  return changeOptimistically(ticket, { tags }, () => api.patch(path(ticket.id), { tags }))
}

/** Assign to a person, or to a team without one. */
export function assign(
  ticket: TicketRow,
  assigneeId: Id | null,
  teamId: Id,
  isForced = false,
): Promise<boolean> {
  const body = { assignee_id: assigneeId, team_id: teamId, ...(isForced ? { force: true } : {}) }
  const label = i18n.global.t('tickets.assign.anyway')
  const wayOut = { code: 'agent_full', label, run: () => void assign(ticket, assigneeId, teamId, true) }
  return changeOptimistically(
    ticket,
    { assignee_id: assigneeId, team_id: teamId },
    () => api.put(path(ticket.id, '/assignment'), body),
    wayOut,
  )
}

/** Put the ticket out of sight until a moment; null brings it back. */
export function snooze(ticket: TicketRow, until: string | null): Promise<boolean> {
  return changeOptimistically(ticket, { snoozed_until: until }, () =>
    api.put(path(ticket.id, '/snooze'), { until }),
  )
}

function hasUnreadNotification(ticketId: Id): boolean {
  const known = queryClient.getQueryData<Notification[]>(['notifications']) ?? []
  return known.some((item) => item.ticket_id === ticketId && !item.read_at)
}

/** The reader has seen the ticket up to an entry; the server takes its notifications and mentions for read as well. */
export async function markRead(ticket: Pick<Ticket, 'id'>, entryId: Id): Promise<void> {
  changeRow(ticket.id, { unread: false })
  await api.put(path(ticket.id, '/read'), { entry_id: entryId }).catch(() => undefined)
  if (!hasUnreadNotification(ticket.id)) return
  void queryClient.invalidateQueries({ queryKey: ['notifications'] })
  refreshCountsSoon()
}
