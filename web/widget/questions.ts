import type { Locale, Question } from './types'
import type { Say, Word } from './words'
import { el, set, show } from './dom'

export interface Questions {
  element: HTMLElement
  /** The answers by the keys of their fields, or null: one is missing, and its input has the focus. */
  read(): Record<string, unknown> | null
}

type Input = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement

const WHOLE = ['JPY', 'KRW', 'VND', 'CLP', 'ISK']
const INPUT: Partial<Record<Question['kind'], string>> = { number: 'number', money: 'number', date: 'date' }

/** What the desk wants to know before the first message, each in the input that its kind has. */
export function makeQuestions(asked: Question[], locale: Locale, say: Say<Word>): Questions {
  const fields = asked.map(field)
  const element = el(
    'div',
    { class: 'questions', hidden: !fields.length },
    ...fields.map((one) => one.element),
  )

  function field(question: Question) {
    const { key, kind, choices, is_required } = question
    const id = `ombud-q-${key}`
    const name = question.name[locale] || key
    const problem = el('span', { id: `${id}-problem`, class: 'bad', hidden: true }, say('needAnswer'))
    const hint = question.hint?.[locale]
    const names = (choices ?? []).map((one) => [one.value, one.name[locale] || one.value] as const)
    const options =
      kind === 'yes_no'
        ? ([
            ['yes', say('yes')],
            ['no', say('no')],
          ] as const)
        : names
    const boxes = options.map(([value, text], at) => {
      const box = el('input', { type: 'checkbox', value, id: `${id}-${String(at)}` })
      return [box, el('label', { class: 'box', for: box.id }, box, text)] as const
    })
    const isMany = kind === 'multi_choice'
    const common = { id, 'aria-describedby': problem.id, 'aria-required': !!is_required }
    const input: Input = options.length
      ? el('select', common, el('option', { value: '' }, say('choose')), ...options.map(option))
      : kind === 'long_text'
        ? el('textarea', { ...common, rows: 3, maxlength: question.max_length ?? 5000 })
        : el('input', {
            ...common,
            type: INPUT[kind] ?? 'text',
            step: 'any',
            maxlength: question.max_length ?? 1000,
          })
    const label = [
      question.currency ? `${name} (${question.currency})` : name,
      !is_required && el('small', {}, ` (${say('optional')})`),
    ]
    const head = isMany ? el('legend', {}, ...label) : el('label', { for: id }, ...label)
    const parts = [hint ? el('p', { class: 'why' }, hint) : null, problem]
    const whole = isMany
      ? el(
          'fieldset',
          { class: 'field', 'aria-describedby': problem.id },
          head,
          ...boxes.map(([, one]) => one),
          ...parts,
        )
      : el('div', { class: 'field' }, head, input, ...parts)

    function answer(): unknown {
      if (isMany) return boxes.flatMap(([box]) => (box.checked ? [box.value] : []))
      const text = input.value.trim()
      if (!text) return null
      if (kind === 'yes_no') return text === 'yes'
      if (kind === 'number') return Number(text)
      if (kind !== 'money') return text
      const unit = WHOLE.includes(question.currency ?? '') ? 1 : 100
      return { amount_cents: Math.round(Number(text) * unit), currency: question.currency }
    }
    function check(): boolean {
      const given = answer()
      const isGood = !is_required || !(given === null || (Array.isArray(given) && !given.length))
      show(problem, !isGood)
      const first = boxes[0]?.[0]
      const main = isMany && first ? first : input
      set(main, 'aria-invalid', isGood ? null : 'true')
      if (!isGood) main.focus()
      return isGood
    }
    whole.addEventListener('input', () => {
      show(problem, false)
      for (const one of [input, boxes[0]?.[0]]) if (one) set(one, 'aria-invalid', null)
    })
    return { key, element: whole, answer, check }
  }

  return {
    element,
    read() {
      if (!fields.every((one) => one.check())) return null
      const given = fields.map((one) => [one.key, one.answer()] as const)
      return Object.fromEntries(
        given.filter(([, value]) => value !== null && !(Array.isArray(value) && !value.length)),
      )
    },
  }
}

const option = ([value, text]: readonly [string, string]): HTMLOptionElement => el('option', { value }, text)
