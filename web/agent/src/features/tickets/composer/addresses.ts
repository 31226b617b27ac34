import type { Address } from '@api'

/** What was typed or pasted, told apart: addresses, and the parts that are none. */
export interface ReadAddresses {
  found: Address[]
  wrong: string[]
}

// the signs that the server refuses in an address are refused here, too; a name may be anything
const ADDRESS =
  /^(?:"?([^"<]*?)"?\s*<)?\s*([^\s@<>(),;:"[\]\\]+@[^\s@<>(),;:"\\.]+(?:\.[^\s@<>(),;:"\\.]+)+)\s*>?$/

/** Addresses out of what a person typed or pasted: `Name <a@b.c>, d@e.f`. */
export function readAddresses(text: string): ReadAddresses {
  const read: ReadAddresses = { found: [], wrong: [] }
  for (const part of text.split(/[,;，；、\n]+/).map((one) => one.trim())) {
    const match = ADDRESS.exec(part)
    if (match) read.found.push({ name: (match[1] ?? '').trim(), address: match[2] ?? '' })
    else if (part) read.wrong.push(part)
  }
  return read
}

/** Addresses added to those that are there, each once whatever its case. */
export function withAddresses(old: Address[], added: Address[]): Address[] {
  const known = new Map(old.map((one) => [one.address.toLowerCase(), one]))
  for (const one of added)
    if (!known.has(one.address.toLowerCase())) known.set(one.address.toLowerCase(), one)
  return [...known.values()]
}
