import type { Id, Ticket } from '@api'
import { shallowRef } from 'vue'

/** A dialog of this room that is open, and on what. */
export type Joining =
  | { kind: 'merge' | 'split' | 'link'; ticket: Ticket }
  /** Tickets chosen in a list: one of them goes on. */
  | { kind: 'selection'; ids: Id[] }

export const joining = shallowRef<Joining | null>(null)

/** Ask which of the chosen tickets goes on, and merge the others into it. For lists with a selection. */
export function mergeSelection(ids: Id[]): void {
  if (ids.length > 1) joining.value = { kind: 'selection', ids }
}
