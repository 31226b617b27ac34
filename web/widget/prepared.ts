import { el, set, show } from './dom'
import type { Shelf } from './shelf'
import type { Locale, Prepared } from './types'
import type { Say, Word } from './words'

export interface PreparedOptions {
  items: Prepared[]
  locale: Locale
  shelf: Shelf
  say: Say<Word>
  /** Tells the desk what became of an answer. */
  tell(id: number, what: string): void
}

export interface PreparedList {
  element: HTMLDetailsElement
  /** The panel is seen: counted once for each answer. */
  seen(): void
  /** Whoever has written sees them folded, and may look while they wait. */
  fold(): void
}

/** Answers to what many ask now: one click shows one, another says whether it helped. */
export function makePrepared({ items, locale, shelf, say, tell }: PreparedOptions): PreparedList {
  const other = locale === 'en' ? 'zh-CN' : 'en'
  const told = new Set((shelf.get('prepared') ?? '').split(',').filter(Boolean))
  function note(id: number, what: string): void {
    const key = `${String(id)}:${what}`
    if (told.has(key)) return
    told.add(key)
    shelf.set('prepared', [...told].slice(-200).join(','))
    tell(id, what)
  }

  const rows = items.map((one) => {
    const thanks = el('span', { role: 'status' })
    const said = (what: 'helped' | 'not_helped') => () => {
      note(one.id, what)
      thanks.textContent = say(what)
      show(verbs, false)
    }
    const yes = el('button', { type: 'button', onclick: said('helped') }, say('yes'))
    const no = el('button', { type: 'button', onclick: said('not_helped') }, say('no'))
    const verbs = el('span', {}, say('didHelp'), yes, no)
    const answer = el(
      'div',
      { id: `ombud-answer-${String(one.id)}`, hidden: true },
      el('p', {}, one.answer[locale] || one.answer[other] || ''),
      el('p', { class: 'verbs' }, verbs, thanks),
    )
    const ask = el(
      'button',
      {
        type: 'button',
        class: 'ask',
        'aria-expanded': 'false',
        'aria-controls': answer.id,
        onclick: () => {
          const isOpen = answer.hidden
          show(answer, isOpen)
          set(ask, 'aria-expanded', String(isOpen))
          if (isOpen) note(one.id, 'opened')
        },
      },
      one.question[locale] || one.question[other] || '',
    )
    return el('li', {}, ask, answer)
  })
  const element = el(
    'details',
    { class: 'prepared', open: true, hidden: !items.length },
    el('summary', {}, say('manyAsk')),
    el('ul', {}, ...rows),
  )
  let isFolded = false

  return {
    element,
    seen: () => items.forEach((one) => note(one.id, 'shown')),
    fold() {
      if (isFolded) return
      isFolded = true
      element.open = false
    },
  }
}
