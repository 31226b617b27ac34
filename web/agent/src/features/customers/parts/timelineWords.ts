import type { CustomerEvent } from '@api'

interface Words {
  t: (key: string, values?: Record<string, unknown>) => string
  te: (key: string) => boolean
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '')

/** One sentence for an item of the timeline; a kind that this page does not know yet says its own name. */
export function lineOf(one: CustomerEvent, { t, te }: Words): string {
  const name = one.author?.name ?? ''
  const details = one.details as Record<string, unknown>
  const base = 'customers.timeline.line.'
  switch (one.kind) {
    case 'message':
      return t(`${base}${one.direction ?? 'in'}`, { name })
    case 'identity_check':
      return t(`${base}identity_check`, { name, method: t(`customers.check.method.${text(details.method)}`) })
    case 'consent':
      return t(`${base}${details.is_given ? 'consent_given' : 'consent_withdrawn'}`, {
        purpose: t(`customers.purpose.${text(details.purpose)}`),
        channel: t(`customers.channel.${text(details.channel)}`),
      })
    case 'customer_merge':
      return t(`${base}customer_merge`, { name, other: one.text })
    case 'product':
      return t(`${base}product`, { model: one.text })
    default:
      return te(base + one.kind) ? t(base + one.kind, { name }) : one.kind
  }
}
