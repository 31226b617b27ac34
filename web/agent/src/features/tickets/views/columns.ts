/** The list with one item at another place. */
export function moved<T>(items: readonly T[], from: number, to: number): T[] {
  const next = [...items]
  const [one] = next.splice(from, 1)
  if (one !== undefined) next.splice(Math.max(0, Math.min(to, next.length)), 0, one)
  return next
}

/** Where a key sends an item of a row that reads from the start: Alt with an arrow, Home or End; null: nowhere. */
export function placeByKey(event: KeyboardEvent, at: number, count: number): number | null {
  if (!event.altKey) return null
  const places: Record<string, number> = {
    ArrowLeft: at - 1,
    ArrowUp: at - 1,
    ArrowRight: at + 1,
    ArrowDown: at + 1,
    Home: 0,
    End: count - 1,
  }
  const to = places[event.key]
  return to === undefined || to < 0 || to >= count || to === at ? null : to
}
