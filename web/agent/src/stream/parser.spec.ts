import { describe, expect, it } from 'vitest'
import { FrameParser } from './parser'

describe('FrameParser', () => {
  it('reads id, event and data', () => {
    expect(new FrameParser().push('id: 7\nevent: ticket\ndata: {"a":1}\n\n')).toEqual([
      { id: '7', event: 'ticket', data: '{"a":1}' },
    ])
  })

  it('waits for the end of a frame that comes in pieces', () => {
    const parser = new FrameParser()
    expect(parser.push('event: typing\nda')).toEqual([])
    expect(parser.push('ta: {"name":"沈"}\n')).toEqual([])
    expect(parser.push('\nid: 8\n')).toEqual([{ id: '', event: 'typing', data: '{"name":"沈"}' }])
  })

  it('reads several frames of one piece in order', () => {
    const frames = new FrameParser().push('data: 1\n\ndata: 2\n\n')
    expect(frames.map((frame) => frame.data)).toEqual(['1', '2'])
  })

  it('passes over keep-alives', () => {
    expect(new FrameParser().push(': keep-alive\n\n')).toEqual([])
  })

  it('joins lines of data and understands CRLF', () => {
    expect(new FrameParser().push('data: a\r\ndata: b\r\n\r\n')[0]?.data).toBe('a\nb')
  })
})
