import type { Collision, TicketRow } from '@api'
import { ApiError } from '@api'
import { shallowRef } from 'vue'

export interface Quarrel {
  ticket: TicketRow
  changed: Collision[]
  /** What the person wanted, by the field's name. */
  wanted: Record<string, unknown>
  /** Set it on purpose: the newer values count as seen. */
  setMine: (seen: Record<string, unknown>) => Promise<unknown>
  /** Give up what was entered, where it is kept beside the ticket. */
  keepTheirs?: () => void
}

/** A change that met a colleague's; shown until the person decides. */
export const quarrel = shallowRef<Quarrel | null>(null)

/** What of a refusal is a collision; empty if it is something else. */
export function collisionsOf(error: unknown): Collision[] {
  if (!(error instanceof ApiError) || error.code !== 'field_changed') return []
  return Array.isArray(error.body.changed) ? (error.body.changed as Collision[]) : []
}

/** The newer values, as `seen` for another try. */
export function seenNow(changed: Collision[], seen: Record<string, unknown>): Record<string, unknown> {
  return { ...seen, ...Object.fromEntries(changed.map((one) => [one.field, one.value])) }
}
