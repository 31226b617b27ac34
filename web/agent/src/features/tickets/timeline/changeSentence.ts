import type { Entry, Priority } from '@api'
import { dateTime } from '@ui'
import type { Desk } from '@/shared/desk'
import type { RuleTold } from '@/shared/ruleWords'
import { workSentence } from './workSentence'
import { fieldSentence, type FieldSentenceWords } from './fieldSentence'

export interface SentenceWords {
  t: (key: string, values?: Record<string, unknown>) => string
  te: (key: string) => boolean
  locale: string
  desk: Pick<Desk, 'person' | 'team' | 'statusName'>
  fields?: FieldSentenceWords['fields']
  /** What a rule did, and why. */
  rule?: (told: RuleTold) => string
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Ids come as numbers or as `{id, name}`: a name that the server kept wins over today's. */
function nameOf(value: unknown, lookup: (id: number) => string | undefined): string {
  if (isRecord(value)) return typeof value.name === 'string' ? value.name : nameOf(value.id, lookup)
  if (typeof value === 'number') return lookup(value) ?? `#${String(value)}`
  return typeof value === 'string' ? value : ''
}

function tagsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : []
}

function tagSentence(from: unknown, to: unknown, who: string, words: SentenceWords): string {
  const [before, after] = [tagsOf(from), tagsOf(to)]
  const added = after.filter((tag) => !before.includes(tag))
  const removed = before.filter((tag) => !after.includes(tag))
  const list = (tags: string[]): string => tags.join(words.t('tickets.listComma'))
  if (added.length && removed.length)
    return words.t('tickets.change.tagsBoth', { who, added: list(added), removed: list(removed) })
  return added.length
    ? words.t('tickets.change.tagsAdded', { who, tags: list(added) })
    : words.t('tickets.change.tagsRemoved', { who, tags: list(removed) })
}

/** Why routing chose, in words; '' if there is no reason or none that we know. */
export function reasonWords(
  code: string | undefined,
  words: Pick<SentenceWords, 't' | 'te'>,
  details: Record<string, unknown> = {},
): string {
  if (!code || !words.te(`tickets.reason.${code}`)) return ''
  return words.t(`tickets.reason.${code}`, details)
}

function assigneeSentence(entry: Entry, who: string, words: SentenceWords): string {
  const { t, desk } = words
  const { to_value: to, reason } = entry.details
  const why = reasonWords(reason?.code, words, reason)
  if (to === null || to === undefined)
    return why && reason?.code !== 'by_hand'
      ? t('tickets.change.released', { why })
      : t('tickets.change.unassigned', { who })
  const name = nameOf(to, (id) => desk.person(id)?.name)
  if (entry.author.kind === 'system')
    return why ? t('tickets.change.routed', { name, why }) : t('tickets.change.routedPlain', { name })
  const isSelf = entry.author.kind === 'person' && (isRecord(to) ? to.id : to) === entry.author.id
  return isSelf ? t('tickets.change.took', { who }) : t('tickets.change.assigned', { who, name })
}

function simpleSentence(entry: Entry, who: string, words: SentenceWords): string {
  const { t, desk, locale } = words
  const { field, to_value: to } = entry.details
  switch (field) {
    case 'status':
      return t('tickets.change.status', { who, name: nameOf(to, (id) => desk.statusName(id)) })
    case 'priority':
      return t('tickets.change.priority', { who, name: t(`tickets.priority.${String(to as Priority)}`) })
    case 'team':
      return t('tickets.change.team', { who, name: nameOf(to, (id) => desk.team(id)?.name) })
    case 'subject':
      return t('tickets.change.subject', { who, name: nameOf(to, () => undefined) })
    case 'snooze':
      return typeof to === 'string'
        ? t('tickets.change.snoozed', { who, until: dateTime(to, locale) })
        : t('tickets.change.woken', { who })
    case 'redaction':
      return t('personal.change.redacted', {
        who,
        kind: t(`personal.kind.${isRecord(to) ? String(to.kind) : 'other'}`),
      })
    case 'redaction_undone':
      return t('personal.change.undone', { who })
    default:
      return ''
  }
}

/** A change of the ticket as a person would tell it. */
export function changeSentence(entry: Entry, words: SentenceWords): string {
  const { t, te } = words
  const { field, from_value: from, to_value: to } = entry.details
  const who =
    entry.author.kind === 'system'
      ? t('tickets.change.system')
      : entry.author.name || t('tickets.change.somebody')
  if (field === 'rule' && words.rule && isRecord(to)) return words.rule(to as unknown as RuleTold)
  const work = workSentence(entry, who, words)
  if (work) return work
  if (field === 'assignee') return assigneeSentence(entry, who, words)
  if (field === 'tags') return tagSentence(from, to, who, words)
  if (words.fields) {
    const told = fieldSentence(entry, who, { ...words, fields: words.fields })
    if (told) return told
  }
  const sentence = simpleSentence(entry, who, words)
  if (sentence) return sentence
  if (field && te(`tickets.change.${field}`))
    return t(`tickets.change.${field}`, { who, name: nameOf(to ?? from, () => undefined) })
  return entry.text || t('tickets.change.other', { who })
}
