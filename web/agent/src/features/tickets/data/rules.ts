import type { Category, Me, Priority, TicketRow } from '@api'
import type { ListSource } from './source'

const MINUTE = 60_000
const closedCategories: Category[] = ['solved', 'closed']

export function isOpen(row: Pick<TicketRow, 'category'>): boolean {
  return !closedCategories.includes(row.category)
}

function isSnoozed(row: TicketRow, now: number): boolean {
  return row.snoozed_until !== null && new Date(row.snoozed_until).getTime() > now
}

function isInView(row: TicketRow, source: ListSource, me: Me, now: number): boolean {
  const isActive = isOpen(row) && !isSnoozed(row, now)
  switch (source.view) {
    case 'mine':
      return isActive && row.assignee_id === me.id
    case 'unassigned':
      return isActive && row.assignee_id === null
    case 'open':
      return isActive
    case 'snoozed':
      return isOpen(row) && isSnoozed(row, now)
    default:
      return true
  }
}

/** Whether a ticket belongs into a list as far as its row tells; mentions cannot be told from a row and stay. */
export function belongsTo(row: TicketRow, source: ListSource, me: Me, now: number): boolean {
  if (source.customerId !== null) return row.customer.id === source.customerId
  if (source.teamId !== null && row.team_id !== source.teamId) return false
  if (source.statusId !== null && row.status_id !== source.statusId) return false
  return isInView(row, source, me, now)
}

export type WaitTone = 'plain' | 'warn' | 'bad'

/** Minutes of waiting from which a ticket is shown as pressing and as late, by priority 1 (low) … 4 (urgent). */
const waitLimits: Record<Priority, [number, number]> = {
  1: [240, 1440],
  2: [60, 240],
  3: [30, 120],
  4: [10, 30],
}

/** How pressing a wait is. */
export function waitTone(waitingSince: string, priority: Priority, now: number): WaitTone {
  const minutes = (now - new Date(waitingSince).getTime()) / MINUTE
  const [warn, bad] = waitLimits[priority]
  if (minutes >= bad) return 'bad'
  return minutes >= warn ? 'warn' : 'plain'
}
