import { ApiError, type Id, type Ticket } from '@api'
import { shallowRef } from 'vue'

/** A dialog of this room that is open, and on what. */
export type Joining =
  | { kind: 'merge' | 'split' | 'link'; ticket: Ticket }
  /** Tickets chosen in a list: one of them goes on. */
  | { kind: 'selection'; ids: Id[] }
  /** A ticket that cannot be solved while those below it are open. */
  | { kind: 'children'; children: Id[]; canForce: boolean; solve: (way: ChildrenWay) => void }

/** Open tickets below are solved along, or stay open below a solved one. */
export type ChildrenWay = 'all' | 'alone'

export const joining = shallowRef<Joining | null>(null)

/** Ask which of the chosen tickets goes on, and merge the others into it. For lists with a selection. */
export function mergeSelection(ids: Id[]): void {
  if (ids.length > 1) joining.value = { kind: 'selection', ids }
}

/** Ask what becomes of the open tickets below, if that is why a ticket was not solved; whether it is. */
export function askAboutChildren(error: unknown, solve: (way: ChildrenWay) => void): boolean {
  if (!(error instanceof ApiError) || error.code !== 'children_open') return false
  const children = Array.isArray(error.body.children) ? (error.body.children as Id[]) : []
  joining.value = { kind: 'children', children, canForce: error.body.can_force !== false, solve }
  return true
}

/** What a request says of the tickets below. */
export const aboutChildren = (way?: ChildrenWay): { solve_children?: true; force_children?: true } =>
  way === 'all' ? { solve_children: true } : way === 'alone' ? { force_children: true } : {}
