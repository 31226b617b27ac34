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
import { inOrder } from '@/shared/inOrder'
import { queryClient } from '@/shared/queryClient'
import { may } from '@/shared/session'
import { toast } from '@/shared/toasts'
import { isAboutFields, leadToMissing } from '../fields/draft'
import { aboutChildren, askAboutChildren, type ChildrenWay } from '../merge/joining'
import { collisionsOf, quarrel, seenNow } from '../together/collisions'
import { refreshCountsSoon } from './live'
import { changeRow, patchTicket } from './patches'

const UNDO_MS = 8_000
type SolvedAlong = Ticket['solved_along'][number]

interface Options {
  /** Offered in place of giving up when the server answers with this code. */
  wayOut?: { code: string; label: string; run: () => void }
  /** What is said when it is done, with the way to take it back. */
  undo?: { text: string; run: () => Promise<unknown> }
  /** Says itself what becomes of a refusal; whether it did. */
  onRefused?: (error: unknown) => boolean
  /** What the person saw when they decided, where that is not what the ticket is now. */
  seen?: Seen
}

/** What was seen in the fields that change: the server refuses to overwrite a colleague's newer value. */
type Seen = Record<string, unknown>

/** Show a change at once; take it back with an explanation if the server refuses. */
async function changeOptimistically(
  ticket: TicketRow,
  change: Partial<TicketRow>,
  ask: (seen: Seen) => Promise<unknown>,
  options: Options = {},
): Promise<boolean> {
  const { wayOut, undo } = options
  const before = Object.fromEntries(Object.keys(change).map((key) => [key, ticket[key as keyof TicketRow]]))
  const seen = options.seen ?? withoutCategory(before)
  changeRow(ticket.id, change)
  patchTicket(ticket.id, change)
  try {
    await inOrder(`/tickets/${String(ticket.id)}`, () => ask(seen))
    void queryClient.invalidateQueries({ queryKey: ['ticket', ticket.id] })
    refreshCountsSoon()
    if (undo) offerUndo(ticket, undo)
    return true
  } catch (error) {
    changeRow(ticket.id, before)
    patchTicket(ticket.id, before)
    const changed = collisionsOf(error)
    if (changed.length) {
      const theirs = seenNow(changed, {})
      patchTicket(ticket.id, theirs)
      void queryClient.invalidateQueries({ queryKey: ['ticket', ticket.id] })
      const setMine = (newest: Seen) =>
        changeOptimistically({ ...ticket, ...theirs }, change, ask, {
          ...options,
          seen: { ...seen, ...newest },
        })
      quarrel.value = { ticket, changed, wanted: change, setMine }
      return false
    }
    if (isAboutFields(error)) {
      leadToMissing(ticket.id, error.fields)
      return false
    }
    if (options.onRefused?.(error)) return false
    const action = wayOut && error instanceof ApiError && error.code === wayOut.code ? wayOut : undefined
    toast(errorText(error), { tone: 'bad', action })
    return false
  }
}

/** A status brings its category; nobody chooses one. */
function withoutCategory(fields: Seen): Seen {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => name !== 'category'))
}

function offerUndo(ticket: TicketRow, undo: NonNullable<Options['undo']>): void {
  const { t } = i18n.global
  const run = async (): Promise<void> => {
    try {
      await undo.run()
      void queryClient.invalidateQueries({ queryKey: ['ticket', ticket.id] })
      void queryClient.invalidateQueries({ queryKey: ['timeline', ticket.id] })
      refreshCountsSoon()
    } catch (error) {
      toast(errorText(error), { tone: 'bad' })
    }
  }
  toast(undo.text, { milliseconds: UNDO_MS, action: { label: t('tickets.undo'), run: () => void run() } })
}

const path = (id: Id, rest = ''): string => `/tickets/${String(id)}${rest}`
const isAhead = (until: string | null): boolean => until !== null && new Date(until).getTime() > Date.now()

/** Status, holder, team and sleep as they were: what one verb changed besides what it says goes back with it. */
async function putBack(before: TicketRow): Promise<void> {
  const { id, status_id, category, assignee_id, team_id, snoozed_until } = before
  await api.patch(path(id), { status_id })
  if (may('tickets.assign')) await api.put(path(id, '/assignment'), { assignee_id, team_id, force: true })
  const isAsleep = isAhead(snoozed_until)
  await api.put(path(id, '/snooze'), { until: isAsleep ? snoozed_until : null })
  const back = { status_id, category, assignee_id, team_id, snoozed_until: isAsleep ? snoozed_until : null }
  changeRow(id, back)
  patchTicket(id, back)
}

export function setStatus(ticket: TicketRow, status: Status, way?: ChildrenWay): Promise<boolean> {
  const before = { ...ticket }
  const { locale, t } = i18n.global
  const name = locale.value === 'zh-CN' ? status.name_zh : status.name_en
  const text = t('tickets.done.status', { id: ticket.id, name })
  const body = { status_id: status.id, ...aboutChildren(way) }
  const onRefused = (error: unknown): boolean =>
    askAboutChildren(error, (chosen) => void setStatus(ticket, status, chosen))
  let along: SolvedAlong[] = []
  const run = async (): Promise<void> => {
    await putBack(before)
    for (const one of along) await reopen(one, status.id)
  }
  return changeOptimistically(
    ticket,
    { status_id: status.id, category: status.category },
    async (seen) => {
      const changed = await api.patch<Ticket>(path(ticket.id), { ...body, seen })
      along = changed.solved_along
    },
    { onRefused, undo: { text, run } },
  )
}

/** A ticket that was solved along stands as before, unless somebody has changed its status since. */
async function reopen(one: SolvedAlong, solvedId: Id): Promise<void> {
  await api.patch(path(one.id), { status_id: one.status_id, seen: { status_id: solvedId } })
  if (isAhead(one.snoozed_until)) await api.put(path(one.id, '/snooze'), { until: one.snoozed_until })
}

export function setPriority(ticket: TicketRow, priority: Priority): Promise<boolean> {
  return changeOptimistically(ticket, { priority }, (seen) => api.patch(path(ticket.id), { priority, seen }))
}

/** `seen` is the subject from which the person began to write. */
export function setSubject(ticket: TicketRow, subject: string, seen = ticket.subject): Promise<boolean> {
  const options = { seen: { subject: seen } }
  return changeOptimistically(
    ticket,
    { subject },
    (told) => api.patch(path(ticket.id), { subject, seen: told }),
    options,
  )
}

export function setTags(ticket: TicketRow, tags: string[]): Promise<boolean> {
  return changeOptimistically(ticket, { tags }, (seen) => api.patch(path(ticket.id), { tags, seen }))
}

/** Assign to a person, or to a team without one. */
export function assign(
  ticket: TicketRow,
  assigneeId: Id | null,
  teamId: Id,
  isForced = false,
): Promise<boolean> {
  const body = { assignee_id: assigneeId, team_id: teamId, ...(isForced ? { force: true } : {}) }
  const before = { ...ticket }
  const { t } = i18n.global
  const label = t('tickets.assign.anyway')
  const isMove = teamId !== ticket.team_id
  const done = isMove ? 'moved' : assigneeId === null ? 'unassigned' : 'assigned'
  const text = t(`tickets.done.${done}`, { id: ticket.id })
  const wayOut = { code: 'agent_full', label, run: () => void assign(ticket, assigneeId, teamId, true) }
  return changeOptimistically(
    ticket,
    { assignee_id: assigneeId, team_id: teamId },
    (seen) => api.put(path(ticket.id, '/assignment'), { ...body, seen }),
    { wayOut, undo: { text, run: () => putBack(before) } },
  )
}

/** Put the ticket out of sight until a moment; null brings it back. */
export function snooze(ticket: TicketRow, until: string | null): Promise<boolean> {
  const before = ticket.snoozed_until
  const { t } = i18n.global
  const text = t(until ? 'tickets.done.snoozed' : 'tickets.done.woken', { id: ticket.id })
  const back = isAhead(before) ? before : null
  return changeOptimistically(
    ticket,
    { snoozed_until: until },
    () => api.put(path(ticket.id, '/snooze'), { until }),
    {
      undo: {
        text,
        run: async () => {
          await api.put(path(ticket.id, '/snooze'), { until: back })
          changeRow(ticket.id, { snoozed_until: back })
          patchTicket(ticket.id, { snoozed_until: back })
        },
      },
    },
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
