import type { JSONContent } from '@tiptap/core'

/** Text as HTML: one paragraph a line. */
export function htmlOfText(text: string): string {
  const escape = (line: string): string =>
    line.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
  return text
    .split('\n')
    .map((line) => `<p>${escape(line)}</p>`)
    .join('')
}

const LEAVES = new Set(['hardBreak', 'text'])

/** Whether a document says the same as its plain text does: such a message goes out as text. */
export function isPlain(node: JSONContent): boolean {
  if (node.marks?.length) return false
  const isKnown = node.type === 'doc' || node.type === 'paragraph' || LEAVES.has(node.type ?? '')
  return isKnown && (node.content ?? []).every(isPlain)
}

interface Place {
  quotes: number
  depth: number
}

function textOfInline(nodes: JSONContent[]): string {
  let text = ''
  let link = { href: '', since: 0 }
  const close = (): void => {
    const words = text.slice(link.since).trim()
    const bare = link.href.replace(/^(mailto|tel):/, '')
    if (link.href && ![link.href, bare, bare.replace(/\/$/, '')].includes(words)) text += ` (${bare})`
    link = { href: '', since: 0 }
  }
  for (const node of nodes) {
    const mark = node.marks?.find((one) => one.type === 'link')
    const href = String(mark?.attrs?.href ?? '')
    if (href !== link.href) {
      close()
      link = { href, since: text.length }
    }
    if (node.type === 'hardBreak') text += '\n'
    else if (node.type === 'picture') text += `[${String(node.attrs?.alt ?? '') || 'image'}]`
    else text += node.text ?? ''
  }
  close()
  return text
}

function linesOf(node: JSONContent, place: Place): string[] {
  const children = node.content ?? []
  const quote = '> '.repeat(place.quotes)
  const indent = '  '.repeat(Math.max(place.depth - 1, 0))
  const each = (inner: Place): string[] => children.flatMap((child) => linesOf(child, inner))
  switch (node.type) {
    case 'horizontalRule':
      return [`${quote}---`]
    case 'blockquote':
      return each({ ...place, quotes: place.quotes + 1 })
    case 'bulletList':
    case 'orderedList': {
      const first = Number(node.attrs?.start ?? 1)
      return children.flatMap((item, index) => {
        const sign = node.type === 'bulletList' ? '- ' : `${String(first + index)}. `
        const inner = { ...place, depth: place.depth + 1 }
        const [head = '', ...rest] = (item.content ?? []).flatMap((child) => linesOf(child, inner))
        const start = quote + '  '.repeat(place.depth)
        return [start + sign + head.slice(start.length).trimStart(), ...rest]
      })
    }
    case 'doc':
      return each(place)
    default: {
      const gap = place.depth ? `${indent}  ` : ''
      return textOfInline(children)
        .split('\n')
        .map((line) => `${quote}${gap}${line}`.trimEnd())
    }
  }
}

/** The document as text, as the server makes it: dashes, numbers, quotes, addresses behind links. */
export function textOf(doc: JSONContent): string {
  return linesOf(doc, { quotes: 0, depth: 0 })
    .join('\n')
    .replace(/^\n+|\n+$/g, '')
}
