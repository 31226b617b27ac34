import type { Outgoing } from '../outbox'
import type { Message } from '../types'

/** What one line of the conversation shows. */
export interface Row {
  key: string
  message: Message
  /** Null for what stands on the desk. */
  outgoing: Outgoing | null
}

/** Both lists as one, each message once, in the desk's order. The newer word about a message wins. */
export function mergeMessages(known: Message[], news: Message[]): Message[] {
  const byId = new Map(known.map((message) => [message.id, message]))
  for (const message of news) {
    const before = byId.get(message.id)
    byId.set(message.id, { ...message, read_at: message.read_at ?? before?.read_at ?? null })
  }
  return [...byId.values()].sort((a, b) => a.id - b.id)
}

export function markRead(known: Message[], entryId: number, at: string): Message[] {
  return known.map((message) =>
    message.direction === 'in' && message.id <= entryId && !message.read_at
      ? { ...message, read_at: at }
      : message,
  )
}

/** The thread and, after it, what is on its way and not in it yet. */
export function rowsOf(known: Message[], outgoing: Outgoing[]): Row[] {
  const seen = new Set(known.map((message) => message.client_key))
  const rows: Row[] = known.map((message) => ({
    // The client key stays the same when an outgoing message arrives in the thread, so its line need not be rebuilt.
    key: message.client_key ?? String(message.id),
    message,
    outgoing: null,
  }))
  for (const item of outgoing) if (!seen.has(item.client_key)) rows.push(rowOfOutgoing(item))
  return rows
}

function rowOfOutgoing(item: Outgoing): Row {
  return { key: item.client_key, message: asMessage(item, 0), outgoing: item }
}

export function asMessage(item: Outgoing, id: number, at = item.at): Message {
  return {
    id,
    client_key: item.client_key,
    direction: 'in',
    author_name: '',
    at,
    text: item.text,
    attachments: item.attachments,
    read_at: null,
  }
}

export function lastId(known: Message[]): number {
  return known.at(-1)?.id ?? 0
}

export function countUnread(known: Message[], readId: number): number {
  return known.filter((message) => message.direction === 'out' && message.id > readId).length
}
