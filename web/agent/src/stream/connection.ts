import { FrameParser, type Frame } from './parser'

export type StreamState = 'connecting' | 'live' | 'reconnecting' | 'ended'

export interface StreamListener {
  frame: (frame: Frame) => void
  state: (state: StreamState) => void
}

const PATH = '/api/v1/stream?pulse=1'
const PULSE_PATH = '/api/v1/me/pulse'
/** Whatever the server says is answered, but not every word of it. */
const PULSE_MS = 4_000
/** The server is never silent longer than its keep-alive of 15 s; twice that and some is a dead line. */
const SILENCE_MS = 35_000
const FIRST_PAUSE_MS = 500
const LONGEST_PAUSE_MS = 15_000

/** Pause before attempt `n` (from 0): doubling, with jitter so that a restart does not bring everybody at once. */
export function pauseBefore(attempt: number, random = Math.random()): number {
  const pause = Math.min(FIRST_PAUSE_MS * 2 ** attempt, LONGEST_PAUSE_MS)
  return pause / 2 + (pause / 2) * random
}

/** One stream from the server that mends itself and resumes after the last frame it has seen. */
export class Connection {
  private lastEventId = ''
  private attempt = 0
  private pulsedAt = 0
  private isStopped = false
  private abort = new AbortController()
  private wake: () => void = () => undefined

  constructor(private readonly listener: StreamListener) {}

  async run(): Promise<void> {
    this.listener.state('connecting')
    while (!this.isStopped) {
      const ending = await this.readOnce()
      if (ending === 'ended' || this.isStopped) break
      this.listener.state('reconnecting')
      await this.pause(pauseBefore(this.attempt++))
    }
    this.listener.state('ended')
  }

  /** Try again now: the machine woke up or is online again. */
  retryNow(): void {
    this.attempt = 0
    this.wake()
  }

  stop(): void {
    this.isStopped = true
    this.abort.abort()
    this.wake()
  }

  /** A line can stay open long after the machine was shut: that we are awake, we say ourselves. */
  private pulse(): void {
    if (Date.now() - this.pulsedAt < PULSE_MS) return
    this.pulsedAt = Date.now()
    void fetch(PULSE_PATH, { credentials: 'same-origin', cache: 'no-store' }).catch(() => undefined)
  }

  private pause(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, milliseconds)
      this.wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }

  private async readOnce(): Promise<'ended' | 'lost'> {
    this.abort = new AbortController()
    const headers: Record<string, string> = { Accept: 'text/event-stream' }
    if (this.lastEventId) headers['Last-Event-ID'] = this.lastEventId
    try {
      const response = await fetch(PATH, {
        headers,
        credentials: 'same-origin',
        cache: 'no-store',
        signal: this.abort.signal,
      })
      if (response.status === 401 || response.status === 403) return 'ended'
      if (!response.ok || !response.body) return 'lost'
      this.attempt = 0
      this.listener.state('live')
      return await this.readBody(response.body.getReader())
    } catch {
      return 'lost'
    }
  }

  private async readBody(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<'ended' | 'lost'> {
    const decoder = new TextDecoder()
    const parser = new FrameParser()
    for (;;) {
      const watchdog = setTimeout(() => this.abort.abort(), SILENCE_MS)
      const { done, value } = await reader.read().finally(() => clearTimeout(watchdog))
      if (done) return 'lost'
      this.pulse()
      for (const frame of parser.push(decoder.decode(value, { stream: true }))) {
        if (frame.id) this.lastEventId = frame.id
        this.listener.frame(frame)
        if (frame.event === 'bye' && frame.data.includes('session_ended')) return 'ended'
      }
    }
  }
}
