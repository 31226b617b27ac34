import type { Config, Contact } from './types'
import type { Say, Word } from './words'
import { el, set, show } from './dom'

export interface Details {
  element: HTMLElement
  /** The contact as typed, or null: something is missing, and the field that misses it has the focus. */
  read(): Contact | null
  fill(contact: Contact): void
  /** Asked for although the talk has begun. */
  isWanted: boolean
}

const EMAIL = /^[^\s@]+@[^\s@.]+(\.[^\s@.]+)+$/

/** Who writes: asked before the first message, beside it and not in front of it. */
export function makeDetails(preChat: Config['pre_chat'], say: Say<Word>): Details {
  const isNeeded = preChat.email === 'required'
  const name = field('name', { autocomplete: 'name', maxlength: 200 }, 'needName')
  const email = field(
    'email',
    { autocomplete: 'email', type: 'email', inputmode: 'email', maxlength: 254 },
    'needEmail',
  )
  const hasEmail = preChat.email !== 'off'
  const element = el(
    'div',
    { class: 'details' },
    preChat.name && name.element,
    hasEmail && email.element,
    hasEmail && el('p', { class: 'why' }, say('emailWhy')),
  )

  function field(word: 'name' | 'email', attributes: Record<string, string | number>, complaint: Word) {
    const input = el('input', {
      id: `ombud-${word}`,
      'aria-describedby': `ombud-${word}-problem`,
      ...attributes,
    })
    const problem = el('span', { id: `ombud-${word}-problem`, class: 'bad', hidden: true }, say(complaint))
    const isOptional = word === 'email' && !isNeeded
    const label = el(
      'label',
      { for: `ombud-${word}` },
      say(word),
      isOptional && el('small', {}, ` (${say('optional')})`),
    )
    const check = (isGood: boolean) => {
      show(problem, !isGood)
      set(input, 'aria-invalid', isGood ? null : 'true')
      if (!isGood) input.focus()
      return isGood
    }
    input.addEventListener('input', () => check(true))
    return { element: el('div', { class: 'field' }, label, input, problem), input, check }
  }

  return {
    element,
    isWanted: false,
    read() {
      const contact = { name: name.input.value.trim(), email: email.input.value.trim() }
      if (preChat.name && !name.check(!!contact.name)) return null
      if (hasEmail && (contact.email || isNeeded) && !email.check(EMAIL.test(contact.email))) return null
      return contact
    },
    fill(contact) {
      name.input.value = contact.name
      email.input.value = contact.email
    },
  }
}
