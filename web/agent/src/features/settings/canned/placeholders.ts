/** What a canned reply may leave to be filled in. */
export const placeholders = [
  'customer.name',
  'ticket.id',
  'ticket.subject',
  'agent.name',
  'brand.name',
] as const
export type Placeholder = (typeof placeholders)[number]

export interface Piece {
  text: string
  kind: 'plain' | 'value' | 'unknown'
}

const PATTERN = /\{\{\s*([\w.]*)\s*\}\}/g

const isKnown = (name: string): name is Placeholder => (placeholders as readonly string[]).includes(name)

/** The text in pieces: placeholders with their values, such as nobody knows marked. */
export function filled(text: string, values: Record<Placeholder, string>): Piece[] {
  const pieces: Piece[] = []
  let end = 0
  for (const found of text.matchAll(PATTERN)) {
    if (found.index > end) pieces.push({ text: text.slice(end, found.index), kind: 'plain' })
    const name = found[1] ?? ''
    const value = isKnown(name) ? values[name] : undefined
    pieces.push(value === undefined ? { text: found[0], kind: 'unknown' } : { text: value, kind: 'value' })
    end = found.index + found[0].length
  }
  if (end < text.length) pieces.push({ text: text.slice(end), kind: 'plain' })
  return pieces
}

/** Names of placeholders that would never be filled. */
export function unknownNames(text: string): string[] {
  const names = [...text.matchAll(PATTERN)].map((found) => found[1] ?? '')
  return [...new Set(names)].filter((name) => !isKnown(name))
}

export const written = (name: string): string => `{{${name}}}`

/** `text` with a placeholder in place of what is selected from `start` to `end`, and where the caret goes. */
export function inserted(
  text: string,
  name: string,
  start: number,
  end: number,
): { text: string; caret: number } {
  const piece = written(name)
  return { text: text.slice(0, start) + piece + text.slice(end), caret: start + piece.length }
}
