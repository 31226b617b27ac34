const chains = new Map<string, Promise<unknown>>()

/** Changes of one record go one after another: a person's second change must not meet or overtake their first one. */
export function inOrder<T>(path: string, ask: () => Promise<T>): Promise<T> {
  const next = (chains.get(path) ?? Promise.resolve()).then(ask, ask)
  chains.set(
    path,
    next.catch(() => undefined),
  )
  return next
}
