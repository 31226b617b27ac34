import { makeComposer } from './composer'
import { keepAnswers, keepContact, readContact } from './contact'
import { makeDetails } from './details'
import { el, icon, set, show } from './dom'
import { isThere, statusText } from './hours'
import { readOutgoing } from './outbox'
import { makePrepared } from './prepared'
import { makeQuestions } from './questions'
import type { Shelf } from './shelf'
import type { PanelParts, Talk } from './stage'
import type { Config, Locale, Wait } from './types'
import type { Say, Word } from './words'

export interface PanelOptions {
  config: Config
  locale: Locale
  shelf: Shelf
  say: Say<Word>
  talk(): Talk | null
  close(): void
  send(text: string): void
  addFiles(files: Iterable<File>): void
  tellPrepared(id: number, what: string): void
}

export interface Panel extends PanelParts {
  update(): void
  opened(): void
}

/** In a talk the place and the wait are its own. */
const NOTHING_KNOWN: Wait = { basis: 'few', low_seconds: null, high_seconds: null }

export function makePanel(options: PanelOptions): Panel {
  const { config, locale, shelf, say, talk } = options
  const isOffice = config.office.is_open
  const details = makeDetails(config.pre_chat, say)
  details.fill(readContact(shelf))
  const questions = makeQuestions(config.questions, locale, say)
  details.element.append(questions.element)
  const composer = makeComposer({
    say,
    config,
    send(text) {
      if (!details.element.hidden) {
        const contact = details.read()
        if (!contact) return false
        const answers = questions.element.hidden ? null : questions.read()
        if (!answers && !questions.element.hidden) return false
        keepContact(shelf, contact)
        if (answers) keepAnswers(shelf, answers)
      }
      options.send(text)
      return true
    },
    typed: (length) => talk()?.typed(length),
    filesReady: () => talk()?.filesReady() ?? (talk() ? null : 0),
    addFiles: options.addFiles,
  })
  const status = el('p', { class: isThere(config) ? 'status on' : 'status' }, statusText(config, locale, say))
  const leave = { type: 'button', 'aria-label': say('close'), title: say('close'), onclick: options.close }
  const title = el('h2', { id: 'ombud-title' }, config.name)
  const head = el(
    'header',
    {},
    el('div', { class: 'heading' }, title, status),
    el('button', leave, icon('cross')),
  )
  const banner = el('p', { class: 'banner', role: 'status', hidden: true })
  const told = config.announcement?.[locale] || config.announcement?.[locale === 'en' ? 'zh-CN' : 'en'] || ''
  const news = el('p', { class: 'news', role: 'status', hidden: !told }, told)
  const prepared = makePrepared({
    items: config.prepared ?? [],
    locale,
    shelf,
    say,
    tell: options.tellPrepared,
  })
  const greeting = el('p', { class: 'greeting' }, config.greeting[locale] || say('hello'))
  const hello = el('p', { class: 'hello' }, isOffice ? null : config.away_message[locale] || say('awayHello'))
  const hero = el('div', {}, greeting, hello)
  const list = el('ol', { class: 'list', 'aria-label': say('log') })
  const foot = el('div', { class: 'after' })
  const area = { class: 'scroll', tabindex: 0, 'aria-label': say('log'), role: 'region' }
  const scroll = el('div', area, hero, list, foot, details.element)
  const middle = el('div', { class: 'middle' }, scroll)
  const dialog = {
    class: 'panel',
    role: 'dialog',
    'aria-labelledby': 'ombud-title',
    id: 'ombud-panel',
    hidden: true,
  }
  const element = el('section', dialog, head, banner, news, prepared.element, middle, composer.element)

  /** Before the talk is loaded: what was just written shows at once. */
  function showKept(): void {
    const kept = readOutgoing(shelf)
    if (list.childElementCount === kept.length) return
    list.replaceChildren(
      ...kept.map(([, { text }]) => el('li', { class: 'in pale' }, el('div', { class: 'bubble' }, text))),
    )
  }

  function update(): void {
    if (talk()) talk()?.draw()
    else showKept()
    const isEmpty = !list.childElementCount
    const contact = readContact(shelf)
    const isMissing = config.pre_chat.email === 'required' ? !contact.email : !contact.name && !contact.email
    set(hero, 'class', isEmpty ? 'hero' : 'hero small')
    show(hero, isEmpty || !isOffice)
    show(greeting, isEmpty)
    if (!isEmpty) prepared.fold()
    const isAsked = isEmpty && config.questions.length > 0
    show(questions.element, isAsked)
    show(details.element, details.isWanted || (isEmpty && isMissing) || isAsked)
  }

  function opened(): void {
    update()
    prepared.seen()
    talk()?.opened()
    const field = details.element.hidden ? null : details.element.querySelector('input')
    if (field && !field.value) field.focus()
    else composer.focus()
  }

  const calm = statusText({ office: config.office, wait: NOTHING_KNOWN }, locale, say)
  return {
    element,
    head,
    status,
    calm,
    banner,
    middle,
    scroll,
    list,
    foot,
    details,
    composer,
    update,
    opened,
  }
}
