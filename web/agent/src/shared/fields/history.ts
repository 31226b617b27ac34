import { api, withQuery, type FieldChange, type Id, type Page, type RecordChange } from '@api'

/** A change as lists show it; without a person or program `who` is empty. */
export interface Step {
  id: Id
  field: string
  from: unknown
  to: unknown
  who: string
  at: string
}

/** Of a ticket: `type`, `fields.product`. */
export async function ticketSteps(ticketId: Id, field: string, signal: AbortSignal): Promise<Step[]> {
  const path = withQuery(`/tickets/${String(ticketId)}/history`, { field, limit: 50 })
  const { items } = await api.get<{ items: FieldChange[] }>(path, signal)
  return items.map((one) => ({
    id: one.entry_id,
    field: one.field,
    from: one.from_value,
    to: one.to_value,
    who: one.author.kind === 'system' ? '' : one.author.name,
    at: one.at,
  }))
}

/** Of a customer or an organisation, by its path; of one field or of all. */
export async function recordSteps(
  path: string,
  field: string | undefined,
  signal?: AbortSignal,
): Promise<Step[]> {
  const found = await api.get<Page<RecordChange>>(withQuery(`${path}/changes`, { field, limit: 100 }), signal)
  return found.items.map((one) => ({
    id: one.id,
    field: one.field,
    from: one.from_value,
    to: one.to_value,
    who: one.by_kind === 'system' ? '' : one.by_name,
    at: one.at,
  }))
}
