import type { WebhookDelivery } from '../types'

/** The colour of a delivery: what was tried and still waits is on its way to failing. */
export function deliveryTone({
  state,
  attempts,
}: Pick<WebhookDelivery, 'state' | 'attempts'>): 'good' | 'bad' | 'warn' | 'plain' {
  if (state === 'delivered') return 'good'
  if (state === 'failed') return 'bad'
  return state === 'queued' && attempts > 0 ? 'warn' : 'plain'
}
