import { describe, expect, it } from 'vitest'
import { readStream } from './link'
import { makeFrameReader, type Frame } from './sse'

function read(...pieces: string[]): Frame[] {
  const frames: Frame[] = []
  const feed = makeFrameReader((frame) => frames.push(frame))
  pieces.forEach(feed)
  return frames
}

describe('makeFrameReader', () => {
  it('reads id, event and data', () => {
    expect(read('id: 7\nevent: message\ndata: {"a":1}\n\n')).toEqual([
      { id: '7', event: 'message', data: '{"a":1}' },
    ])
  })

  it('waits for the rest of a frame cut anywhere', () => {
    const text = 'event: typing\r\ndata: {"name":"林"}\r\n\r\n'
    for (let at = 1; at < text.length; at++) {
      expect(read(text.slice(0, at), text.slice(at))).toEqual([
        { id: null, event: 'typing', data: '{"name":"林"}' },
      ])
    }
  })

  it('ignores comments and frames without data', () => {
    expect(read(': keep-alive\n\nevent: closed\n\n')).toEqual([])
  })

  it('joins lines of data', () => {
    expect(read('data: a\ndata: b\n\n')[0]?.data).toBe('a\nb')
  })

  it('keeps the id for frames that carry none', () => {
    expect(read('id: 3\ndata: a\n\ndata: b\n\n').map((frame) => frame.id)).toEqual(['3', '3'])
  })
})

describe('readStream', () => {
  const responseOf = (...pieces: string[]) =>
    new Response(
      new ReadableStream({
        start(controller) {
          for (const piece of pieces) controller.enqueue(new TextEncoder().encode(piece))
          controller.close()
        },
      }),
    )

  it('gives every frame and says that it is over', async () => {
    const frames: Frame[] = []
    const end = await readStream(
      responseOf('data: 1\n\n', 'data: 2\n\n'),
      (frame) => frames.push(frame),
      new AbortController().signal,
    )
    expect(end).toBe('over')
    expect(frames.map((frame) => frame.data)).toEqual(['1', '2'])
  })

  it('calls a stream mute that ends before a sign of life', async () => {
    expect(await readStream(responseOf(), () => undefined, new AbortController().signal)).toBe('mute')
  })

  it('calls a response without a body mute', async () => {
    expect(await readStream(new Response(null), () => undefined, new AbortController().signal)).toBe('mute')
  })

  it('ends when told to', async () => {
    const abort = new AbortController()
    const open = new Response(
      new ReadableStream({ start: (controller) => controller.enqueue(new Uint8Array([58, 10])) }),
    )
    const reading = readStream(open, () => undefined, abort.signal)
    setTimeout(() => abort.abort(), 5)
    expect(await reading).toBe('over')
  })
})
