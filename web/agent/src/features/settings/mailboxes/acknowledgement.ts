import type { Errors } from '@/shared/form'
import { unknownNames, written } from '../canned/placeholders'
import { inBoth } from '../visitorWords'
import type { BothWords } from '../words'

/** What a mailbox answers by itself to a new ticket; an empty text means the one that ships. */
export interface Acknowledgement {
  is_on: boolean
  text: BothWords
  tells_wait?: boolean
}

export const noAcknowledgement: Acknowledgement = {
  is_on: false,
  text: { 'zh-CN': '', en: '' },
  tells_wait: false,
}

/** What can be filled in: nobody has taken the ticket yet, so there is no agent to name. */
export const ackPlaceholders = ['customer.name', 'ticket.id', 'ticket.subject', 'brand.name'] as const

const shipped = (text: string): string =>
  text.replace(/\{(customer|ticket|brand)\}/g, (_, name: string) =>
    written(name === 'ticket' ? 'ticket.id' : `${name}.name`),
  )
const words = inBoth('acknowledgement')

/** The texts that ship, as the server has them (a test there compares). */
export const shippedTexts: BothWords = { 'zh-CN': shipped(words['zh-CN']), en: shipped(words.en) }

function problem(text: string, t: (key: string, values?: Record<string, string>) => string): string | null {
  const known: readonly string[] = ackPlaceholders
  const used = [...text.matchAll(/\{\{\s*([\w.]*)\s*\}\}/g)].map((found) => found[1] ?? '')
  const unknown = new Set([...unknownNames(text), ...used.filter((name) => !known.includes(name))])
  if (unknown.size) return t('settings.mailbox.ackUnknown', { names: [...unknown].map(written).join(' ') })
  return text.replace(/\{\{\s*[\w.]*\s*\}\}/g, '').includes('{{') ? t('settings.mailbox.ackOpen') : null
}

/** What is wrong with the texts: a placeholder that nobody fills in, or one that was not closed. */
export function checkAcknowledgement(
  { text }: Acknowledgement,
  t: (key: string, values?: Record<string, string>) => string,
): Errors {
  const found: Errors = {}
  const zh = problem(text['zh-CN'], t)
  const en = problem(text.en, t)
  if (zh) found.ack_zh = zh
  if (en) found.ack_en = en
  return found
}
