import { Connection, type StreamListener, type StreamState } from './connection'
import type { FromHub } from './messages'

/** For browsers without shared workers: the tab that holds the lock keeps the stream and tells the others. */
export class LeaderStream {
  private readonly channel = new BroadcastChannel('ombud.stream')
  private connection: Connection | null = null
  private state: StreamState = 'connecting'
  private readonly ending = new AbortController()

  constructor(private readonly listener: StreamListener) {
    this.channel.onmessage = (event: MessageEvent<FromHub | 'what-state'>) => this.hear(event.data)
    this.channel.postMessage('what-state')
    const lead = async (): Promise<void> => {
      this.connection = new Connection({
        frame: (frame) => this.tell({ type: 'frame', frame }),
        state: (state) => this.tell({ type: 'state', state }),
      })
      await this.connection.run()
    }
    navigator.locks.request('ombud.stream', { signal: this.ending.signal }, lead).catch(() => undefined)
  }

  retryNow(): void {
    this.connection?.retryNow()
  }

  stop(): void {
    this.ending.abort()
    this.connection?.stop()
    this.channel.close()
  }

  private hear(message: FromHub | 'what-state'): void {
    if (message === 'what-state') {
      if (this.connection) this.channel.postMessage({ type: 'state', state: this.state } satisfies FromHub)
    } else this.pass(message)
  }

  private tell(message: FromHub): void {
    this.channel.postMessage(message)
    this.pass(message)
  }

  private pass(message: FromHub): void {
    if (message.type === 'frame') return this.listener.frame(message.frame)
    this.state = message.state
    this.listener.state(message.state)
  }
}
