import type { Entry } from '@api'
import { dateTime } from '@ui'
import { dueText } from '../promises/words'
import type { SentenceWords } from './changeSentence'

type Told = Record<string, unknown>
const text = (value: unknown): string => (typeof value === 'string' ? value : '')

function both(told: Told, locale: string): string {
  return locale === 'zh-CN' ? text(told.zh) || text(told.en) : text(told.en) || text(told.zh)
}

/** A task's title; of one that a process gave in the reader's language. */
const titleOf = (told: Told, locale: string): string => both(told, locale) || text(told.title)

function answerWords(told: unknown, words: SentenceWords): string {
  if (!Array.isArray(told)) return ''
  return (told as Told[])
    .map((one) => {
      const given = one.answer as Told
      const value = words.locale === 'zh-CN' ? given.zh : given.en
      const said =
        typeof value === 'boolean' ? words.t(value ? 'processes.yes' : 'processes.no') : String(value ?? '–')
      return `${both(one, words.locale)}: ${said}`
    })
    .join('; ')
}

/** What a line of teamwork or of a process says; '' if it is none. */
export function workSentence(entry: Entry, who: string, words: SentenceWords): string {
  const { t, te, desk, locale } = words
  const field = entry.details.field ?? ''
  const told = (entry.details.to_value ?? {}) as Told
  const at = (value: unknown): string => (typeof value === 'string' ? dateTime(value, locale) : '')
  if (field === 'closing') {
    const names = Object.keys(told).filter((name) => te(`teamwork.closing.${name}`))
    const list = names.map((name) => t(`teamwork.closing.${name}`)).join(t('tickets.listComma'))
    return t('teamwork.line.closing', { who, names: list || '–' })
  }
  const [room, what] = [field.slice(0, field.indexOf('.')), field.slice(field.indexOf('.') + 1)]
  if (room === 'teamwork' && te(`teamwork.line.${what}`))
    return t(`teamwork.line.${what}`, {
      ...told,
      ...(told.title === undefined ? {} : { title: titleOf(told, locale) }),
      who,
      team: typeof told.team === 'number' ? (desk.team(told.team)?.name ?? `#${String(told.team)}`) : '',
      due: at(told.due_at),
      before: at(told.before),
      what: told.metric ? t(`teamwork.line.what.${text(told.metric)}`, { title: titleOf(told, locale) }) : '',
    }).trim()
  if (room === 'waiting') {
    const key = `promises.waiting.${what}_${text(told.way)}`
    const due = typeof told.due_at === 'string' ? dueText(told.due_at, locale) : ''
    return te(key) ? t(key, { contact: text(told.contact), due }) : ''
  }
  if (room === 'portal' && te(`portal.line.${what}`)) return t(`portal.line.${what}`, { ...told, who }).trim()
  if (room === 'promise') return promiseSentence(what, told, who, words)
  if (room === 'process') return processSentence(what, told, who, words)
  return ''
}

function promiseSentence(what: string, told: Told, who: string, { t, te, locale }: SentenceWords): string {
  const at = (value: unknown): string => (typeof value === 'string' ? dueText(value, locale) : '–')
  const values = {
    who,
    words: text(told.words),
    due: at(told.due_at),
    before: at(told.before),
    reason: text(told.reason),
  }
  const variants = [
    ...(told.is_by_message ? [`${what}ByMessage`] : []),
    ...(told.is_late ? [`${what}Late`] : []),
    ...(what === 'made' && !told.due_at ? ['madeOpen'] : []),
    ...(what === 'made' ? [`made_${text(told.way)}`] : []),
    what,
  ]
  const found = variants.find((one) => te(`promises.line.${one}`))
  return found ? t(`promises.line.${found}`, values) : ''
}

function processSentence(
  what: string,
  told: Told,
  who: string,
  { t, te, desk, locale, ...rest }: SentenceWords,
): string {
  const due =
    typeof told.due_at === 'string' ? t('processes.line.due', { at: dateTime(told.due_at, locale) }) : ''
  const at = typeof told.due_at === 'string' ? dateTime(told.due_at, locale) : ''
  const values = { who, at, stage: both(told, locale), due, text: text(told.text), reason: text(told.reason) }
  if (what === 'entered') {
    const why = `processes.line.entered_${text(told.why)}`
    return t(te(why) ? why : 'processes.line.entered', values).trim()
  }
  if (what === 'confirmed')
    return t(`processes.line.confirmed.${text(told.answer)}`, {
      words: text(told.words),
      way: t(`processes.way.${text(told.way)}`),
    }).trim()
  if (what === 'answered')
    return t('processes.line.answered', {
      who,
      answers: answerWords(told.answers, { t, te, desk, locale, ...rest }),
    })
  if (what === 'drawn') {
    const name = typeof told.person === 'number' ? (desk.person(told.person)?.name ?? '') : ''
    return t('processes.line.drawn', { number: told.number, name })
  }
  return te(`processes.line.${what}`) ? t(`processes.line.${what}`, values) : ''
}
