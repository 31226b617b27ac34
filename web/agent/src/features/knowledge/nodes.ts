import { mergeAttributes, Node, type Extensions } from '@tiptap/core'
import { editorKit } from '@/shared/writing/kit'

/** Tables as articles have them: rows of cells, each a line with marks. */
const Table = Node.create({
  name: 'table',
  group: 'block',
  content: 'tableRow+',
  isolating: true,
  parseHTML: () => [{ tag: 'table' }],
  renderHTML: ({ HTMLAttributes }) => ['table', mergeAttributes(HTMLAttributes), ['tbody', 0]],
})

const TableRow = Node.create({
  name: 'tableRow',
  content: '(tableCell | tableHeader)+',
  parseHTML: () => [{ tag: 'tr' }],
  renderHTML: ({ HTMLAttributes }) => ['tr', mergeAttributes(HTMLAttributes), 0],
})

const spans = () => ({
  colspan: { default: null },
  rowspan: { default: null },
})

const TableCell = Node.create({
  name: 'tableCell',
  content: 'inline*',
  isolating: true,
  addAttributes: spans,
  parseHTML: () => [{ tag: 'td' }],
  renderHTML: ({ HTMLAttributes }) => ['td', mergeAttributes(HTMLAttributes), 0],
})

const TableHeader = Node.create({
  name: 'tableHeader',
  content: 'inline*',
  isolating: true,
  addAttributes: spans,
  parseHTML: () => [{ tag: 'th' }],
  renderHTML: ({ HTMLAttributes }) => ['th', mergeAttributes(HTMLAttributes), 0],
})

export function articleKit(urlOf: (name: string) => string): Extensions {
  return [...editorKit(urlOf), Table, TableRow, TableCell, TableHeader]
}

const cell = (type: string, text = ''): object => ({
  type,
  ...(text ? { content: [{ type: 'text', text }] } : {}),
})

/** A table of so many columns, with a head and two rows. */
export function newTable(columns: number): object {
  const row = (type: string): object => ({
    type: 'tableRow',
    content: Array.from({ length: columns }, () => cell(type)),
  })
  return { type: 'table', content: [row('tableHeader'), row('tableCell'), row('tableCell')] }
}

const COUNTED = [
  'a',
  'img',
  'li',
  'td',
  'th',
  'h1',
  'h2',
  'h3',
  'h4',
  'pre',
  'blockquote',
  'sub',
  'sup',
  'mark',
  'ol',
  'td ul',
  'td ol',
  'td pre',
]

function summary(html: string): string {
  const { body } = new DOMParser().parseFromString(html, 'text/html')
  const counts = COUNTED.map((tag) => body.querySelectorAll(tag).length)
  const links = [...body.querySelectorAll('a')].map((link) => link.getAttribute('href') ?? '')
  return JSON.stringify([(body.textContent ?? '').replaceAll(/\s+/g, ''), counts, links])
}

/** Whether two texts say and show the same: what an editor gave back of what it was given. */
export const saysTheSame = (one: string, other: string): boolean => summary(one) === summary(other)
