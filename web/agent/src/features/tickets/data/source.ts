import { withQuery, type Id, type ViewKey } from '@api'

/** What a list shows: one of the views, narrowed by team or status, or all tickets of a customer. */
export interface ListSource {
  /** One of the shipped views, or `saved:<id>`. */
  view: ViewKey | `saved:${string}`
  teamId: Id | null
  statusId: Id | null
  customerId: Id | null
}

export const VIEW_KEYS: ViewKey[] = ['mine', 'unassigned', 'open', 'mentions', 'following', 'snoozed', 'all']

export const PAGE_SIZE = 100

/** Cache key of a list. The source stands in it whole, so that patches know what belongs where. */
export function listKey(source: ListSource): readonly ['tickets', ListSource] {
  return ['tickets', source] as const
}

/** Address of one page of a list. */
export function listPath(source: ListSource, cursor: string | null): string {
  const page = { cursor, limit: PAGE_SIZE }
  if (source.customerId !== null) return withQuery(`/customers/${String(source.customerId)}/tickets`, page)
  return withQuery('/tickets', {
    view: source.view,
    team_id: source.teamId,
    status_id: source.statusId,
    ...page,
  })
}
