/** A place in a text that a canned reply left open. */
export interface Gap {
  name: string
  from: number
  to: number
}

/** One of our own placeholders: a reply with it is refused. */
export const isOurs = (gap: Gap): boolean => /^(customer|ticket|agent|brand)\./.test(gap.name)

/** Placeholders that nobody has filled in yet. */
export function findGaps(text: string): Gap[] {
  return [...text.matchAll(/\{\{\s*([\w.]+)\s*\}\}/g)].map((match) => ({
    name: match[1] ?? '',
    from: match.index,
    to: match.index + match[0].length,
  }))
}

/** Ids of the people whom a note calls by `@name`; longer names first, so that @Ann is not found in @Anna. */
export function findMentions(text: string, people: { id: number; name: string }[]): number[] {
  let rest = text
  const found: number[] = []
  for (const person of [...people].sort((a, b) => b.name.length - a.name.length)) {
    if (!person.name || !rest.includes(`@${person.name}`)) continue
    found.push(person.id)
    rest = rest.replaceAll(`@${person.name}`, '')
  }
  return found
}
