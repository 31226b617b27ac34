import type { TeamworkView } from '@api'

export type Verb =
  | 'dispatch'
  | 'redispatch'
  | 'accept'
  | 'return'
  | 'urge'
  | 'supervise'
  | 'report'
  | 'endSupervision'
  | 'extend'
  | 'decide'
  | 'withdraw'
  | 'task'

/** What may be done on a ticket now, in the order in which it is offered. */
export function verbsOf(view: TeamworkView, isOpen: boolean, may: (permission: string) => boolean): Verb[] {
  if (!isOpen) return []
  const open = view.dispatches.find((one) => one.ended_at === null)
  const verbs: [Verb, boolean][] = [
    ['accept', open !== undefined && open.accepted_at === null && may('tickets.write')],
    ['return', open !== undefined && view.returns_left > 0 && may('tickets.write')],
    ['dispatch', open === undefined && may('tickets.assign')],
    ['redispatch', open !== undefined && may('tickets.assign')],
    ['task', may('tickets.assign')],
    ['urge', may('tickets.write')],
    ['extend', open?.due_at != null && may('tickets.write')],
    ['supervise', view.supervision === null && may('teamwork.lead')],
    ['report', view.supervision !== null && may('tickets.note')],
    ['endSupervision', view.supervision !== null && may('teamwork.lead')],
    ['withdraw', may('tickets.write')],
  ]
  return verbs.filter(([, can]) => can).map(([verb]) => verb)
}
