import type { Id } from '@api'
import { shallowRef } from 'vue'
import type { ListSource } from './source'

/** New work per list that waits behind the "N new" pill, so that nothing jumps. */
const arrivals = shallowRef(new Map<string, Set<Id>>())

const keyOf = (source: ListSource): string => JSON.stringify(source)

export function arrivalsOf(source: ListSource): number {
  return arrivals.value.get(keyOf(source))?.size ?? 0
}

export function addArrivals(source: ListSource, ids: Id[]): void {
  if (ids.length === 0) return
  const next = new Map(arrivals.value)
  next.set(keyOf(source), new Set([...(next.get(keyOf(source)) ?? []), ...ids]))
  arrivals.value = next
}

export function forgetArrivals(source: ListSource): void {
  const next = new Map(arrivals.value)
  next.delete(keyOf(source))
  arrivals.value = next
}
