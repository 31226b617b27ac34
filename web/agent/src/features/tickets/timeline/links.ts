export interface TextPart {
  text: string
  href?: string
}

const ADDRESS = /(https?:\/\/[^\s<>"'，。；、（）]+|www\.[^\s<>"'，。；、（）]+)/g

/** Text cut into plain parts and web addresses; punctuation at the end belongs to the sentence. */
export function splitLinks(text: string): TextPart[] {
  const parts: TextPart[] = []
  let from = 0
  for (const match of text.matchAll(ADDRESS)) {
    const address = match[0].replace(/[.,;:!?)\]]+$/, '')
    if (match.index > from) parts.push({ text: text.slice(from, match.index) })
    parts.push({ text: address, href: address.startsWith('http') ? address : `https://${address}` })
    from = match.index + address.length
  }
  if (from < text.length) parts.push({ text: text.slice(from) })
  return parts
}
