import type { PersonalKind, PersonalSpan, RiskAlert } from '@api'
import { splitLinks } from '../timeline/links'

/** A piece of a text: plain, a link, personal data, or the words of a risk. */
export interface Piece {
  text: string
  href?: string
  personal?: PersonalKind
  risk?: RiskAlert['kind']
}

interface Mark {
  start: number
  end: number
  personal?: PersonalKind
  risk?: RiskAlert['kind']
}

/** Places count characters as the server does; a browser counts an emoji as two. */
export function unitsOf(text: string, characters: number): number {
  return [...text].slice(0, characters).join('').length
}

/** The other way round: what the browser counted, in characters. */
export function charactersOf(text: string, units: number): number {
  return [...text.slice(0, units)].length
}

function inUnits(text: string, mark: Mark): Mark {
  // without an emoji both count alike
  if (!/[\ud800-\udfff]/.test(text)) return mark
  return { ...mark, start: unitsOf(text, mark.start), end: unitsOf(text, mark.end) }
}

/** All that a message is marked with, in the order of its places. */
export function marksOf(text: string, spans: readonly PersonalSpan[], risks: readonly RiskAlert[]): Mark[] {
  const marks: Mark[] = [
    ...spans.map(({ start, end, kind }) => ({ start, end, personal: kind })),
    ...risks.map((one) => ({ start: one.starts, end: one.ends, risk: one.kind })),
  ]
  return marks
    .map((mark) => inUnits(text, mark))
    .filter((mark) => mark.start < mark.end && mark.end <= text.length)
}

/** A text cut at the edges of its marks; addresses in what is not marked are links. */
export function cutText(text: string, spans: readonly PersonalSpan[], risks: readonly RiskAlert[]): Piece[] {
  const marks = marksOf(text, spans, risks)
  if (!marks.length) return splitLinks(text)
  const edges = [...new Set([0, text.length, ...marks.flatMap((mark) => [mark.start, mark.end])])]
  edges.sort((a, b) => a - b)
  return edges.slice(1).flatMap((end, place) => {
    const start = edges[place] ?? 0
    const over = marks.filter((mark) => mark.start <= start && end <= mark.end)
    const piece = text.slice(start, end)
    if (!over.length) return splitLinks(piece)
    const personal = over.find((mark) => mark.personal)?.personal
    const risk = over.find((mark) => mark.risk)?.risk
    return [{ text: piece, ...(personal ? { personal } : {}), ...(risk ? { risk } : {}) }]
  })
}

export interface Wanted {
  text: string
  mark: 'personal' | 'risk'
  title: string
}

function markNode(node: Text, wanted: readonly Wanted[]): void {
  const text = node.data
  const found = wanted
    .map((one) => ({ one, at: text.indexOf(one.text) }))
    .filter(({ at }) => at >= 0)
    .sort((a, b) => a.at - b.at)[0]
  if (!found) return
  const rest = node.splitText(found.at)
  const after = rest.splitText(found.one.text.length)
  const mark = node.ownerDocument.createElement('mark')
  mark.className = found.one.mark
  mark.title = found.one.title
  rest.replaceWith(mark)
  mark.append(rest)
  markNode(after, wanted)
}

/** Formatted text with the same words marked, as far as no tag tears them apart. */
export function markHtml(html: string, wanted: readonly Wanted[]): string {
  const sought = wanted.filter((one) => one.text.trim())
  if (!sought.length) return html
  const page = new DOMParser().parseFromString(html, 'text/html')
  const walker = page.createTreeWalker(page.body, NodeFilter.SHOW_TEXT)
  const nodes: Text[] = []
  while (walker.nextNode()) nodes.push(walker.currentNode as Text)
  for (const node of nodes) if (!node.parentElement?.closest('style')) markNode(node, sought)
  return page.head.innerHTML + page.body.innerHTML
}
