import type { Shelf } from './shelf'
import type { Attachment } from './types'

/** A message on its way. `accepted`: the desk keeps it, but has not shown it in the thread yet. */
export interface Outgoing {
  client_key: string
  /** The visitor it belongs to; "" until there is one. */
  owner: string
  text: string
  attachments: Attachment[]
  at: string
  state: 'waiting' | 'accepted' | 'failed'
  problem?: string
}

export const PREFIX = 'q:'

/** Name and content of each message on its way, in the order written; what cannot be read is thrown away. */
export function readOutgoing(shelf: Shelf): [string, Outgoing][] {
  return shelf.names(PREFIX).flatMap((name): [string, Outgoing][] => {
    try {
      return [[name, JSON.parse(shelf.get(name) ?? '') as Outgoing]]
    } catch {
      shelf.remove(name)
      return []
    }
  })
}

/**
 * Keep a message until it is sent. One storage entry each, named so that they sort in the order written:
 * two tabs that write at once lose nothing, because nobody rewrites a shared list.
 */
export function keepOutgoing(
  shelf: Shelf,
  message: Pick<Outgoing, 'owner' | 'text' | 'attachments'>,
  now = Date.now(),
): Outgoing {
  // Later than all others, even if the clock was set back meanwhile.
  const newest = Number(
    shelf
      .names(PREFIX)
      .pop()
      ?.slice(PREFIX.length, PREFIX.length + 15) ?? 0,
  )
  const order = String(Math.max(now, newest + 1)).padStart(15, '0')
  const item: Outgoing = {
    client_key: makeUuid(),
    ...message,
    at: new Date(now).toISOString(),
    state: 'waiting',
  }
  shelf.set(`${PREFIX}${order}:${item.client_key}`, JSON.stringify(item))
  return item
}

export function makeUuid(): string {
  // randomUUID is missing on pages without https.
  if ('randomUUID' in crypto) return crypto.randomUUID()
  const bytes = [...(crypto as Crypto).getRandomValues(new Uint8Array(16))]
  const fixed = bytes.map((byte, i) => (i === 6 ? (byte & 15) | 64 : i === 8 ? (byte & 63) | 128 : byte))
  const hex = fixed.map((byte) => byte.toString(16).padStart(2, '0')).join('')
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}
