import type { StreamEvents } from '@api'
import { ref, type Ref } from 'vue'
import { Connection, type StreamListener, type StreamState } from './connection'
import { LeaderStream } from './leader'
import type { FromHub, ToHub } from './messages'
import type { Frame } from './parser'

export type { StreamEvents }
export type { StreamState } from './connection'

type Handler<K extends keyof StreamEvents> = (data: StreamEvents[K]) => void

const handlers = new Map<string, Set<(data: unknown) => void>>()

/** State of the line to the server; pages show it calmly. */
export const streamState: Ref<StreamState> = ref('connecting')

/** Hear one kind of event; returns how to stop hearing it. */
export function onStream<K extends keyof StreamEvents>(event: K, handler: Handler<K>): () => void {
  const known = handlers.get(event) ?? new Set()
  handlers.set(event, known)
  const entry = handler as (data: unknown) => void
  known.add(entry)
  return () => known.delete(entry)
}

function receive(frame: Frame): void {
  const data: unknown = JSON.parse(frame.data)
  for (const handler of handlers.get(frame.event) ?? []) handler(data)
}

interface Line {
  retryNow: () => void
  stop: () => void
}

function sharedLine(listener: StreamListener): Line {
  const worker = new SharedWorker(new URL('./hub.worker.ts', import.meta.url), {
    type: 'module',
    name: 'ombud-stream',
  })
  const say = (message: ToHub): void => worker.port.postMessage(message)
  worker.port.onmessage = (event: MessageEvent<FromHub>) => {
    if (event.data.type === 'frame') listener.frame(event.data.frame)
    else listener.state(event.data.state)
  }
  say('hello')
  const timer = window.setInterval(() => say('ping'), 20_000)
  window.addEventListener('pagehide', () => say('bye'))
  window.addEventListener('pageshow', (event) => event.persisted && say('hello'))
  return {
    retryNow: () => say('wake'),
    stop: () => {
      window.clearInterval(timer)
      say('sign-out')
      say('bye')
    },
  }
}

function ownLine(listener: StreamListener): Line {
  const connection = new Connection(listener)
  void connection.run()
  return connection
}

function openLine(listener: StreamListener): Line {
  if ('SharedWorker' in window) return sharedLine(listener)
  if ('locks' in navigator && 'BroadcastChannel' in window) return new LeaderStream(listener)
  return ownLine(listener)
}

let line: Line | null = null

/** Open the one stream of this browser; harmless when it is open. */
export function startStream(): void {
  if (line) return
  const opened = openLine({ frame: receive, state: (state) => (streamState.value = state) })
  line = opened
  window.addEventListener('online', () => opened.retryNow())
  document.addEventListener('visibilitychange', () => !document.hidden && opened.retryNow())
}

/** Close it for all tabs: the person signs out. */
export function stopStream(): void {
  line?.stop()
  line = null
}
