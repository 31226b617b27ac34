import { backOffMs } from '../http'
import { keepOutgoing, readOutgoing, type Outgoing } from '../outbox'
import { asProblem, type Problem } from '../problem'
import type { Shelf } from '../shelf'
import type { Attachment } from '../types'

export interface QueueOptions {
  post(item: Outgoing): Promise<void>
  owner(): string
  changed(): void
  /** The last attempt failed for now (or null: it went through). */
  troubled(problem: Problem | null): void
  /** Runs the work in one tab at a time. */
  exclusively(work: () => Promise<void>): Promise<void>
  now(): number
}

export interface Queue {
  add(text: string, attachments: Attachment[]): Outgoing
  list(): Outgoing[]
  /** The thread shows these now. */
  confirm(clientKeys: Iterable<string>): void
  retry(clientKey: string): void
  drop(clientKey: string): void
  clear(): void
  /** Send what waits; call it at start, after `add`, and whenever the connection may be back. */
  drain(): Promise<void>
  /** Stop for good: what waits is sent by another tab or on the next page. */
  stop(): void
}

/** Accepted but never shown (put aside by the desk, perhaps): forgotten after this. */
const FORGET_MS = 86_400_000

/** Sends the kept messages one by one, in order, each until the desk has it or refuses it for good. */
export function makeQueue(shelf: Shelf, options: QueueOptions): Queue {
  let failures = 0
  let isDraining = false
  let isStopped = false
  let wake: (() => void) | null = null

  const own = () => readOutgoing(shelf).filter(([, item]) => !item.owner || item.owner === options.owner())

  function update(clientKey: string, change: Partial<Outgoing>): void {
    const found = own().find(([, item]) => item.client_key === clientKey)
    if (!found) return
    shelf.set(found[0], JSON.stringify({ ...found[1], ...change }))
    options.changed()
  }

  function remove(isGone: (item: Outgoing) => boolean): void {
    const gone = own().filter(([, item]) => isGone(item))
    for (const [name] of gone) shelf.remove(name)
    if (gone.length) options.changed()
  }

  const pause = (ms: number) =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms)
      wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })

  /** Sends until nothing waits or something is in the way; resolves with the milliseconds to wait, -1 when done. */
  async function sendWaiting(): Promise<number> {
    for (;;) {
      const next = own().find(([, item]) => item.state === 'waiting')?.[1]
      if (!next || isStopped) return -1
      try {
        await options.post(next)
        failures = 0
        update(next.client_key, { state: 'accepted', owner: options.owner() })
        options.troubled(null)
      } catch (error) {
        const problem = asProblem(error)
        if (!problem.isFinal) {
          options.troubled(problem)
          return backOffMs(failures++, problem.retryAfter)
        }
        update(next.client_key, { state: 'failed', problem: problem.code })
      }
    }
  }

  async function drain(): Promise<void> {
    wake?.()
    if (isDraining || isStopped) return
    isDraining = true
    for (let wait = 0; wait >= 0 && !isStopped;) {
      // The lock is free while we pause, so that a tab with a better connection may go on.
      await options.exclusively(async () => {
        wait = await sendWaiting()
      })
      if (wait > 0) await pause(wait)
      wake = null
    }
    isDraining = false
  }

  return {
    add(text, attachments) {
      const item = keepOutgoing(shelf, { owner: options.owner(), text, attachments }, options.now())
      options.changed()
      return item
    },
    list: () => own().map(([, item]) => item),
    confirm(clientKeys) {
      const keys = new Set(clientKeys)
      const old = options.now() - FORGET_MS
      remove((item) => keys.has(item.client_key) || (item.state === 'accepted' && Date.parse(item.at) < old))
    },
    retry: (clientKey) => update(clientKey, { state: 'waiting', problem: undefined }),
    drop: (clientKey) => remove((item) => item.client_key === clientKey),
    clear: () => remove(() => true),
    drain,
    stop() {
      isStopped = true
      wake?.()
    },
  }
}
