import type { Category, Me, Priority, SavedView, TicketRow } from '@api'
import { holds, type Condition } from '@ui'
import { queryClient } from '@/shared/queryClient'
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
      return meetsSaved(row, source.view, me, now)
  }
}

/** What a condition may ask of a row; whether it is solved since when, a row does not tell. */
function valuesOf(row: TicketRow): Record<string, unknown> {
  const custom = Object.entries(row.fields).map(([key, value]) => {
    const isMoney = typeof value === 'object' && value !== null && 'amount_cents' in value
    return [`fields.${key}`, isMoney ? (value as { amount_cents: number }).amount_cents : value]
  })
  return {
    number: row.id,
    subject: row.subject,
    status: row.status_id,
    category: row.category,
    priority: row.priority,
    type: row.type_id,
    team: row.team_id,
    assignee: row.assignee_id,
    customer_name: row.customer.name,
    tier: row.customer.tier,
    brand: row.brand_id,
    channel: row.channel_kind,
    tags: row.tags,
    created: row.created_at,
    activity: row.activity_at,
    waiting: row.waiting_since,
    due: row.due_at,
    snoozed: row.snoozed_until,
    unread: row.unread,
    messages: row.message_count,
    ...(Object.fromEntries(custom) as Record<string, unknown>),
  }
}

function meetsSaved(row: TicketRow, view: string, me: Me, now: number): boolean {
  const views = queryClient.getQueryData<SavedView[]>(['saved_views']) ?? []
  const saved = views.find((one) => `saved:${String(one.id)}` === view)
  if (!saved) return true
  const context = { now: new Date(now), me: me.id, myTeams: me.teams.map((one) => one.id) }
  return holds(saved.condition as Condition, valuesOf(row), context)
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
