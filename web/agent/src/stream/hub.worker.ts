// One stream for all tabs of this browser. A tab says hello, pings while it lives, and leaves.
import { Connection, type StreamState } from './connection'
import type { Frame } from './parser'
import type { FromHub, ToHub } from './messages'

const ports = new Map<MessagePort, number>()
/** Timers of hidden tabs run once a minute at worst. */
const PORT_SILENCE_MS = 180_000

let connection: Connection | null = null
let state: StreamState = 'connecting'

function tell(message: FromHub): void {
  for (const port of ports.keys()) port.postMessage(message)
}

function open(): void {
  if (connection) return
  const opened = new Connection({
    frame: (frame: Frame) => tell({ type: 'frame', frame }),
    state: (next) => {
      state = next
      tell({ type: 'state', state })
    },
  })
  connection = opened
  void opened.run().finally(() => {
    if (connection === opened) connection = null
  })
}

function close(): void {
  connection?.stop()
  connection = null
}

function leave(port: MessagePort): void {
  ports.delete(port)
  if (ports.size === 0) close()
}

function receive(port: MessagePort, message: ToHub): void {
  if (message === 'bye') return leave(port)
  if (message === 'sign-out') return close()
  ports.set(port, Date.now())
  if (message === 'hello') {
    open()
    port.postMessage({ type: 'state', state } satisfies FromHub)
  }
  if (message === 'wake') connection?.retryNow()
}

setInterval(() => {
  for (const [port, seenAt] of ports) if (Date.now() - seenAt > PORT_SILENCE_MS) leave(port)
}, 60_000)

addEventListener('connect', (event) => {
  const port = (event as MessageEvent).ports[0]
  if (port) port.onmessage = (message: MessageEvent<ToHub>) => receive(port, message.data)
})
