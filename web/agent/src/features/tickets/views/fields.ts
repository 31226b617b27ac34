export { useTicketFields } from '@/shared/ticketFields'

export const SORTS = [
  'activity',
  'activity_oldest',
  'created',
  'created_oldest',
  'priority',
  'waiting',
  'due',
  'number',
  'number_oldest',
] as const

export const DEFAULT_COLUMNS = [
  'number',
  'subject',
  'customer_name',
  'status',
  'priority',
  'assignee',
  'waiting',
  'activity',
]
export const SHIPPED_COLUMNS = [
  ...DEFAULT_COLUMNS,
  'type',
  'team',
  'tier',
  'brand',
  'channel',
  'tags',
  'created',
  'due',
  'snoozed',
  'messages',
  'time_spent',
  'preview',
]
