import type { Category, Status } from '@api'

export const categories: Category[] = ['new', 'open', 'waiting', 'on_hold', 'solved', 'closed']

/** Statuses of a category in their order; those in use before archived ones. */
export function inCategory(statuses: Status[], category: Category): Status[] {
  return statuses
    .filter((status) => status.category === category)
    .sort((a, b) => Number(a.is_archived) - Number(b.is_archived) || a.position - b.position || a.id - b.id)
}

const STEP = 10

/** Those whose position changes when one of a category moves by one place, with their new positions. */
export function moved(statuses: Status[], id: number, by: -1 | 1): Status[] {
  const status = statuses.find((one) => one.id === id)
  if (!status) return []
  const row = inCategory(statuses, status.category).filter((one) => !one.is_archived)
  const from = row.findIndex((one) => one.id === id)
  const to = from + by
  if (from < 0 || to < 0 || to >= row.length) return []
  row.splice(to, 0, ...row.splice(from, 1))
  // numbered anew from where the category begins, so that it stays in its place among the others
  const first = Math.min(...row.map((one) => one.position))
  return row
    .map((one, index) => ({ ...one, position: first + index * STEP }))
    .filter((one) => statuses.find((old) => old.id === one.id)?.position !== one.position)
}

/** Where a new one goes: behind all of its category. */
export function nextPosition(statuses: Status[], category: Category): number {
  return Math.max(0, ...inCategory(statuses, category).map((status) => status.position)) + STEP
}
