/** How the tabs of one site agree: one sends, one listens to the desk and tells the others. */
export interface Tabs {
  exclusively<T>(work: () => Promise<T>, lock: string): Promise<T>
  /** Runs `work` in one tab at a time, until the signal; without Web Locks in every visible tab. */
  lead(until: AbortSignal, work: (signal: AbortSignal) => Promise<void>): void
  tell(note: unknown): void
  hear(listener: (note: unknown) => void): void
  close(): void
}

export function joinTabs(name: string): Tabs {
  // Web Locks need a secure page. Elsewhere sending stays safe (the desk knows each client key), only less orderly between tabs.
  const locks = (navigator as Partial<Navigator>).locks
  const channel = typeof BroadcastChannel === 'function' ? new BroadcastChannel(name) : null
  const chains = new Map<string, Promise<unknown>>()

  /** One after the other within this tab. */
  function inTurn<T>(work: () => Promise<T>, lock: string): Promise<T> {
    const turn = (chains.get(lock) ?? Promise.resolve()).then(work, work)
    chains.set(lock, turn)
    return turn
  }

  function leadWhileVisible(until: AbortSignal, work: (signal: AbortSignal) => Promise<void>): void {
    let turn: AbortController | null = null
    const look = () => {
      if (document.hidden || until.aborted) {
        turn?.abort()
        turn = null
      } else if (!turn) {
        turn = new AbortController()
        void work(turn.signal)
      }
    }
    document.addEventListener('visibilitychange', look, { signal: until })
    until.addEventListener('abort', look)
    look()
  }

  return {
    exclusively: <T>(work: () => Promise<T>, lock: string) =>
      locks ? (locks.request(`${name}:${lock}`, work) as Promise<T>) : inTurn(work, lock),
    lead(until, work) {
      if (!locks) return leadWhileVisible(until, work)
      locks.request(`${name}:lead`, { signal: until }, () => work(until)).catch(() => undefined)
    },
    tell: (note) => channel?.postMessage(note),
    hear(listener) {
      channel?.addEventListener('message', (event: MessageEvent<unknown>) => listener(event.data))
    },
    close: () => channel?.close(),
  }
}
