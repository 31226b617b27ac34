export interface Frame {
  id: string
  event: string
  data: string
}

/** Cut a text stream of server-sent events into frames; `onComment` hears keep-alives, which are signs of life. */
export class FrameParser {
  private rest = ''

  push(chunk: string): Frame[] {
    this.rest += chunk.replaceAll('\r\n', '\n')
    const blocks = this.rest.split('\n\n')
    this.rest = blocks.pop() ?? ''
    return blocks.map(readFrame).filter((frame) => frame !== null)
  }
}

function readFrame(block: string): Frame | null {
  const frame: Frame = { id: '', event: 'message', data: '' }
  const data: string[] = []
  for (const line of block.split('\n')) {
    const colon = line.indexOf(':')
    if (colon <= 0) continue
    const value = line.slice(colon + 1).replace(/^ /, '')
    const field = line.slice(0, colon)
    if (field === 'id') frame.id = value
    else if (field === 'event') frame.event = value
    else if (field === 'data') data.push(value)
  }
  if (data.length === 0) return null
  frame.data = data.join('\n')
  return frame
}
