import type { Id, TicketRow } from '@api'
import { reactive, ref, type Ref } from 'vue'
import { onStream, type StreamEvents } from '@/stream'
import { queryClient } from '@/shared/queryClient'
import { me } from '@/shared/session'
import {
  addEntries,
  dropEntry,
  dropRow,
  patchCustomer,
  patchLists,
  patchTicket,
  type RowChange,
} from './patches'
import { hearRedacted } from '../personal/data'
import { hearLooking } from '../together/looking'
import { hearShared } from '../together/sharedDraft'

/** The ticket on the screen, null: none. */
export const openTicketId: Ref<Id | null> = ref(null)

export interface Typing {
  name: string
  by: 'customer' | 'person'
}

/** Who is writing, by ticket. */
export const typing = reactive(new Map<Id, Typing>())

const TYPING_MS = 6_000
const GATHER_MS = 120
const COUNTS_MS = 1_500

let waiting: StreamEvents['ticket'][] = []
let appliedAt = -Infinity
let countsTimer = 0
const typingTimers = new Map<Id, number>()

function isOnScreen(id: Id): boolean {
  return openTicketId.value === id && !document.hidden
}

/** Frames of a moment are applied together: a busy desk must not repaint its lists 20 times a second. */
function applyWaiting(): void {
  const frames = waiting
  waiting = []
  appliedAt = performance.now()
  const changes = new Map<Id, RowChange>()
  if (frames.some((frame) => /merged|split/.test(frame.kind)))
    void queryClient.invalidateQueries({ queryKey: ['customer'] })
  for (const { kind, ticket, entries, undone_entry_id: undoneId } of frames) {
    const isNewMessage = kind === 'message_received' || (changes.get(ticket.id)?.isNewMessage ?? false)
    changes.set(ticket.id, { row: ticket, isNewMessage })
    addEntries(ticket.id, entries)
    if (undoneId) dropEntry(ticket.id, undoneId)
    if (kind === 'message_received') typing.delete(ticket.id)
    patchTicket(ticket.id, withoutUnread(ticket))
    if (ticket.merged_into_id) dropRow(ticket.id)
    if (/merged|split/.test(kind)) hearMoved(ticket.id)
    if (kind.startsWith('promise_')) {
      void queryClient.invalidateQueries({ queryKey: ['promises', ticket.id] })
      void queryClient.invalidateQueries({ queryKey: ['promise_list'] })
      void queryClient.invalidateQueries({ queryKey: ['customer', ticket.customer.id, 'profile'] })
    }
    if (/^(ticket_classified|label_decided|ticket_changed)$/.test(kind))
      void queryClient.invalidateQueries({ queryKey: ['labels', ticket.id] })
    if (kind === 'entry_redacted' || kind === 'redaction_undone') hearRedacted(ticket.id)
    if (kind.startsWith('redaction_'))
      void queryClient.invalidateQueries({ queryKey: ['redactions', ticket.id] })
    if (kind.startsWith('risk_')) void queryClient.invalidateQueries({ queryKey: ['risks', ticket.id] })
    if (/^(question_answered|machine_talk_ended|answer_helped)$/.test(kind))
      void queryClient.invalidateQueries({ queryKey: ['machine-talk', ticket.id] })
    if (kind.startsWith('clock_')) void queryClient.invalidateQueries({ queryKey: ['clocks', ticket.id] })
    if (
      /^(ticket_|dispatch|supervision|extension|task_|closing|stage|process|solution|confirmation|inspection|reply_sent|clock_)/.test(
        kind,
      )
    )
      for (const name of ['teamwork', 'process', 'routing'])
        void queryClient.invalidateQueries({ queryKey: [name, ticket.id] })
    if (/^side_|reply_undone|delivery_changed/.test(kind))
      void queryClient.invalidateQueries({ queryKey: ['sides', ticket.id] })
    if (/planned/.test(kind)) void queryClient.invalidateQueries({ queryKey: ['planned', ticket.id] })
    if (/^(followers|checklist|time_spent|shared_draft)_changed$/.test(kind))
      void queryClient.invalidateQueries({ queryKey: ['together', ticket.id] })
    else if (/assigned|changed|opened|merged|split|linked|solved/.test(kind))
      void queryClient.invalidateQueries({ queryKey: ['ticket', ticket.id] })
  }
  const open = openTicketId.value
  patchLists(changes, me.value, open !== null && isOnScreen(open) ? open : null)
  refreshCountsSoon()
}

/** Entries went over to another ticket or came back, and with them what people keep beside it. */
function hearMoved(id: Id): void {
  for (const name of ['timeline', 'together', 'planned', 'promises', 'clocks', 'sides', 'risks'])
    void queryClient.invalidateQueries({ queryKey: [name, id] })
  hearShared({ ticket_id: id, version: -1 })
}

function withoutUnread(row: TicketRow): Partial<TicketRow> {
  const rest: Partial<TicketRow> = { ...row }
  delete rest.unread
  return rest
}

/** Ask for the counts of the views, at most once in a while. */
export function refreshCountsSoon(): void {
  if (countsTimer) return
  countsTimer = window.setTimeout(() => {
    countsTimer = 0
    void queryClient.invalidateQueries({ queryKey: ['views'] })
  }, COUNTS_MS)
}

function hearTicket(frame: StreamEvents['ticket']): void {
  waiting.push(frame)
  if (waiting.length > 1) return
  const quietFor = performance.now() - appliedAt
  // a single frame is shown at once, those that follow it closely are gathered
  window.setTimeout(applyWaiting, quietFor > GATHER_MS ? 0 : GATHER_MS)
}

function hearTyping(frame: StreamEvents['typing']): void {
  if (frame.person_id === me.value.id) return
  typing.set(frame.ticket_id, { name: frame.name, by: frame.by })
  window.clearTimeout(typingTimers.get(frame.ticket_id))
  typingTimers.set(
    frame.ticket_id,
    window.setTimeout(() => typing.delete(frame.ticket_id), TYPING_MS),
  )
}

function hearGone(frame: StreamEvents['gone']): void {
  dropRow(frame.ticket_id)
  void queryClient.invalidateQueries({ queryKey: ['ticket', frame.ticket_id] })
}

function hearCustomer({ customer, others }: StreamEvents['customer']): void {
  patchCustomer(customer)
  // what the panel shows beyond the row: address, number, remarks, products, notes
  for (const id of [customer.id, ...others])
    void queryClient.invalidateQueries({ queryKey: ['customer', id] })
  if (!others.length) return
  // merged, or two again: tickets have gone over
  void queryClient.invalidateQueries({ queryKey: ['tickets'] })
  void queryClient.invalidateQueries({ queryKey: ['ticket'] })
}

function hearReset(): void {
  void queryClient.invalidateQueries()
}

/** Keep the caches of tickets fresh as long as the shell stands; returns how to stop. */
export function followTickets(): () => void {
  const stops = [
    onStream('ticket', hearTicket),
    onStream('typing', hearTyping),
    onStream('gone', hearGone),
    onStream('looking', hearLooking),
    onStream('shared_draft', hearShared),
    onStream('customer', hearCustomer),
    onStream('reset', hearReset),
  ]
  return () => stops.forEach((stop) => stop())
}
