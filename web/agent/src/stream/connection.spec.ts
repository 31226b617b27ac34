import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Connection, pauseBefore, type StreamState } from './connection'
import type { Frame } from './parser'

const encoder = new TextEncoder()
let asked: Record<string, string>[]
let pulses: number
let frames: Frame[]
let states: StreamState[]
let connection: Connection

/** The server's answers, one after another: a status, or the text of a stream that then breaks. */
function answer(...answers: (number | string)[]): void {
  vi.stubGlobal('fetch', (path: string, init: RequestInit) => {
    if (path.endsWith('/me/pulse')) {
      pulses += 1
      return Promise.resolve(new Response(null, { status: 204 }))
    }
    asked.push(init.headers as Record<string, string>)
    const next = answers.shift() ?? 401
    if (typeof next === 'number') return Promise.resolve(new Response(null, { status: next }))
    const body = new ReadableStream({
      start(control) {
        control.enqueue(encoder.encode(next))
        control.close()
      },
    })
    return Promise.resolve(new Response(body, { status: 200 }))
  })
}

async function run(): Promise<void> {
  const done = connection.run()
  await vi.runAllTimersAsync()
  await done
}

beforeEach(() => {
  vi.useFakeTimers()
  asked = []
  pulses = 0
  frames = []
  states = []
  connection = new Connection({ frame: (frame) => frames.push(frame), state: (state) => states.push(state) })
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

describe('Connection', () => {
  it('resumes after the last frame it has seen', async () => {
    answer(
      'id: 41\nevent: ticket\ndata: {}\n\nevent: typing\ndata: {}\n\n',
      'id: 42\nevent: ticket\ndata: {}\n\n',
      401,
    )
    await run()
    expect(asked.map((headers) => headers['Last-Event-ID'])).toEqual([undefined, '41', '42'])
    expect(frames.map((frame) => frame.event)).toEqual(['ticket', 'typing', 'ticket'])
  })

  it('answers what it hears with a sign of life, and not every word', async () => {
    answer(': keep-alive\n\n', ': keep-alive\n\n', 503, 503, 503, 503, ': keep-alive\n\n', 401)
    await run()
    expect(pulses).toBe(2)
  })

  it('tells its states: live, reconnecting, ended', async () => {
    answer('data: {}\n\n', 503, 401)
    await run()
    expect(states).toEqual(['connecting', 'live', 'reconnecting', 'reconnecting', 'ended'])
  })

  it('tries again when the line is down', async () => {
    let tries = 0
    vi.stubGlobal('fetch', () => {
      tries += 1
      return tries < 3
        ? Promise.reject(new TypeError('down'))
        : Promise.resolve(new Response(null, { status: 401 }))
    })
    await run()
    expect(tries).toBe(3)
  })

  it('ends for good when the session has ended', async () => {
    answer('event: bye\ndata: {"reason":"session_ended"}\n\n', 'data: {}\n\n')
    await run()
    expect(asked).toHaveLength(1)
    expect(states.at(-1)).toBe('ended')
  })

  it('comes back after a restart of the server', async () => {
    answer('event: bye\ndata: {"reason":"restart"}\n\n', 401)
    await run()
    expect(asked).toHaveLength(2)
  })

  it('stops when told to', async () => {
    answer(503, 503, 503, 503)
    const done = connection.run()
    await vi.advanceTimersByTimeAsync(10)
    connection.stop()
    await done
    expect(states.at(-1)).toBe('ended')
  })
})

describe('pauseBefore', () => {
  it('doubles up to a limit and is spread by chance', () => {
    expect(pauseBefore(0, 1)).toBe(500)
    expect(pauseBefore(3, 1)).toBe(4_000)
    expect(pauseBefore(20, 1)).toBe(15_000)
    expect(pauseBefore(20, 0)).toBe(7_500)
  })
})
