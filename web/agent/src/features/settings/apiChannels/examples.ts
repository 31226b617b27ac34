import type { Id } from '@api'

const KEY = 'omb_…'

/** How a program hands a message over. */
export function sendExample(origin: string, id: Id): string {
  const body = { customer: { external_id: 'user-42', name: 'Rosa M.' }, text: 'Where is my order?' }
  return [
    `curl ${origin}/api/v1/channels/${String(id)}/messages \\`,
    `  -H 'Authorization: Bearer ${KEY}' -H 'Idempotency-Key: message-1001' \\`,
    `  -H 'Content-Type: application/json' -d '${JSON.stringify(body)}'`,
  ].join('\n')
}

/** How it learns which ticket the message became. */
export function receiptExample(origin: string): string {
  return `curl ${origin}/api/v1/receipts/RECEIPT -H 'Authorization: Bearer ${KEY}'`
}

/** How it fetches the answers. */
export function fetchExample(origin: string, id: Id): string {
  return `curl '${origin}/api/v1/channels/${String(id)}/outgoing?after=0' -H 'Authorization: Bearer ${KEY}'`
}
