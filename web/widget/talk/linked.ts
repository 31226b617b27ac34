import { el, type Child } from '../dom'

const LINK =
  /https?:\/\/[^\s<>"'，。；！？、（）《》【】「」]+[^\s<>"'，。；！？、（）《》【】「」.,;:!?)\]]/g

/** Text with its web addresses made clickable. */
export function linked(text: string): Child[] {
  const parts: Child[] = []
  let at = 0
  for (const match of text.matchAll(LINK)) {
    parts.push(text.slice(at, match.index))
    parts.push(el('a', { href: match[0], target: '_blank', rel: 'noopener noreferrer nofollow' }, match[0]))
    at = match.index + match[0].length
  }
  parts.push(text.slice(at))
  return parts
}
