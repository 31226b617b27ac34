const QUOTES = /["“”「」『』]/

/** The part of a query that is being typed: what stands between the last space outside of quotes and the caret. */
export function tokenAt(text: string, caret: number): { text: string; start: number; end: number } {
  let start = 0
  let isQuoted = false
  for (let i = 0; i < caret; i++) {
    const sign = text.charAt(i)
    if (QUOTES.test(sign)) isQuoted = !isQuoted
    else if (/\s/.test(sign) && !isQuoted) start = i + 1
  }
  const rest = /^\S*/.exec(text.slice(caret))?.[0] ?? ''
  return { text: text.slice(start, caret), start, end: caret + (isQuoted ? 0 : rest.length) }
}

/** Whether operators may be suggested for a part: a name or the value behind its colon, never a phrase. */
export function mayBeOperator(token: string): boolean {
  return /^-?[A-Za-z_\u4e00-\u9fff]+([:：].*)?$/.test(token)
}

/** A query with one part replaced; the caret goes behind it, with a space unless a value has to follow. */
export function replacePart(
  text: string,
  part: { start: number; end: number },
  by: string,
): { text: string; caret: number } {
  const tail = text.slice(part.end)
  const gap = by.endsWith(':') || tail.startsWith(' ') ? '' : ' '
  const head = text.slice(0, part.start) + by + gap
  return { text: head + tail, caret: head.length }
}

/** Offsets of the server count characters, ours count UTF-16 units: a text as its characters. */
export function partsOf(
  text: string,
  marks: readonly (readonly [number, number])[],
): { text: string; isMarked: boolean }[] {
  const chars = [...text]
  const parts: { text: string; isMarked: boolean }[] = []
  let at = 0
  const add = (end: number, isMarked: boolean): void => {
    if (end > at) parts.push({ text: chars.slice(at, end).join(''), isMarked })
    at = Math.max(at, end)
  }
  for (const [start, end] of marks) {
    add(start, false)
    add(end, true)
  }
  add(chars.length, false)
  return parts
}
