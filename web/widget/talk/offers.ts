import { el, fill, show } from '../dom'
import { asProblem } from '../problem'
import type { Say } from '../words'
import type { Contact, QueueStatus, Way } from '../types'
import type { Times } from './times'
import type { Word } from './words'

interface OfferOptions {
  say: Say<Word>
  times: Times
  /** What the visitor has said of themselves. */
  contact(): Contact
  callBack(wish: { way: Way; contact: string } | null): Promise<void>
}

/** A wait that is shorter is no reason to do something else. */
const LONG_SECONDS = 300
const SHAPES = {
  call: { type: 'tel', autocomplete: 'tel', label: 'number', offer: 'offerCall', complaint: 'needNumber' },
  mail: {
    type: 'email',
    autocomplete: 'email',
    label: 'address',
    offer: 'offerMail',
    complaint: 'needAddress',
  },
} as const

/** Whether there is something to offer: a long wait, one that nobody can tell, or nobody there. */
export function isOffered(status: QueueStatus | null): boolean {
  if (status?.state !== 'waiting' || !status.offers.length || !status.wait) return false
  const { basis, high_seconds: high } = status.wait
  if (basis === 'rates') return (high ?? 0) >= LONG_SECONDS
  return basis !== 'few' || (status.position ?? 0) > 1
}

/** A call or a mail instead of waiting: asked for in a line below the talk, and taken back there. */
export function makeOffers({ say, times, contact, callBack }: OfferOptions) {
  const element = el('div', { class: 'offers', hidden: true })
  let way: Way | null = null
  let drawn = ''

  const verb = (word: Word, onclick: () => void) =>
    el('button', { type: 'button', class: 'verb', onclick }, say(word))

  function draw(status: QueueStatus | null): void {
    const callback = status?.state === 'waiting' ? status.callback : null
    if (callback) way = null
    const isShown = callback !== null || way !== null || isOffered(status)
    show(element, isShown)
    const key = JSON.stringify([isShown, way, callback, status?.offers])
    if (!isShown || key === drawn) return
    drawn = key
    if (callback) {
      const words = say(
        callback.way === 'call' ? 'willCall' : 'willMail',
        callback.contact,
        times.moment(callback.due_at),
      )
      fill(
        element,
        el('span', { role: 'status' }, words),
        verb('after', () => void send(null)),
      )
    } else if (way) fill(element, form(way))
    else {
      const choices = (status?.offers ?? []).map((one) => verb(SHAPES[one].offer, () => choose(one, status)))
      fill(element, el('span', {}, say('instead')), ...choices)
    }
  }

  function choose(next: Way | null, status: QueueStatus | null): void {
    way = next
    draw(status)
    element.querySelector<HTMLElement>('input, button')?.focus()
  }

  function form(which: Way): HTMLElement {
    const { type, autocomplete, label, complaint } = SHAPES[which]
    const input = el('input', {
      type,
      autocomplete,
      maxlength: 254,
      'aria-label': say(label),
      placeholder: say(label),
    })
    const problem = el('span', { class: 'bad', role: 'alert', hidden: true })
    if (which === 'mail') input.value = contact().email
    const submit = el('button', { type: 'submit', class: 'verb' }, say('ask'))
    const element = el('form', { novalidate: true }, input, submit, problem)
    element.addEventListener('submit', (event) => {
      event.preventDefault()
      void send({ way: which, contact: input.value.trim() }, (word) => {
        fill(problem, say(word ?? complaint))
        show(problem, true)
        input.focus()
      })
    })
    return element
  }

  async function send(
    wish: { way: Way; contact: string } | null,
    refused?: (word?: Word) => void,
  ): Promise<void> {
    if (wish && !wish.contact) return refused?.()
    try {
      await callBack(wish)
      way = null
    } catch (error) {
      refused?.(asProblem(error).status === 409 ? 'taken' : undefined)
    }
  }

  return { element, draw }
}
