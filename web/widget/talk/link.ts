import { backOffMs } from '../http'
import { asProblem, type Problem } from '../problem'
import { makeFrameReader, type Frame } from './sse'

export interface LinkOptions {
  /** Opens the stream after the given event. */
  open(lastEventId: string, signal: AbortSignal): Promise<Response>
  /** Asks for what is new; called after each connect and, where streaming is not possible, again and again. */
  catchUp(): Promise<void>
  received(frame: Frame): void
  /** Null: the line is good. */
  troubled(problem: Problem | null): void
  /** Somebody looks at the conversation: ask often. */
  isWatched(): boolean
}

/** The desk sends a sign of life every 15 s. */
const SILENCE_MS = 40_000
/** A proxy that gathers a stream gives nothing for this long. */
const FIRST_SIGN_MS = 8_000
const POLL_MS = 4_000
const IDLE_POLL_MS = 20_000
const STREAM_AGAIN_MS = 180_000

/** Why a stream ended. `mute`: connected, but nothing came through. */
type End = 'over' | 'mute'

export async function readStream(
  response: Response,
  found: (frame: Frame) => void,
  signal: AbortSignal,
): Promise<End> {
  if (!response.body) return 'mute'
  const reader = response.body.getReader()
  const feed = makeFrameReader(found)
  const decoder = new TextDecoder()
  let hasSign = false
  let timer = 0
  const stop = () => void reader.cancel().catch(() => undefined)
  signal.addEventListener('abort', stop)
  try {
    for (;;) {
      clearTimeout(timer)
      timer = window.setTimeout(stop, hasSign ? SILENCE_MS : FIRST_SIGN_MS)
      const { done, value } = await reader.read()
      if (done) return hasSign ? 'over' : 'mute'
      hasSign = true
      feed(decoder.decode(value, { stream: true }))
    }
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', stop)
  }
}

/** Keeps the widget current until the signal: by a stream, or by asking again and again where none comes through. */
export async function keepCurrent(options: LinkOptions, signal: AbortSignal): Promise<void> {
  let lastEventId = ''
  let failures = 0
  let muted = 0
  let streamAgainAt = 0
  let wake: (() => void) | null = null

  const pause = (ms: number) =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms)
      wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  const hurry = () => wake?.()
  const sleepless = new AbortController()
  for (const event of ['online', 'focus']) addEventListener(event, hurry, { signal: sleepless.signal })
  signal.addEventListener('abort', hurry)

  function take(frame: Frame): void {
    if (frame.id) lastEventId = frame.id
    options.received(frame)
  }

  async function streamOnce(): Promise<void> {
    const response = await options.open(lastEventId, signal)
    // After the stream stands, so that nothing falls between the two.
    const caughtUp = options.catchUp()
    caughtUp.catch(() => undefined)
    options.troubled(null)
    failures = 0
    const end = await readStream(response, take, signal)
    muted = end === 'mute' ? muted + 1 : 0
    if (muted > 1) streamAgainAt = Date.now() + STREAM_AGAIN_MS
    await caughtUp
  }

  while (!signal.aborted) {
    const isStreaming = Date.now() >= streamAgainAt
    let wait = isStreaming ? 300 : options.isWatched() ? POLL_MS : IDLE_POLL_MS
    try {
      if (isStreaming) await streamOnce()
      else await options.catchUp()
      if (!isStreaming) options.troubled(null)
    } catch (error) {
      const problem = asProblem(error)
      if (signal.aborted) break
      options.troubled(problem)
      wait = problem.isFinal ? 300_000 : backOffMs(failures++, problem.retryAfter)
    }
    if (!signal.aborted) await pause(wait)
  }
  sleepless.abort()
}
