import type { Field, FieldKind, FieldOptions, FieldSubject, TicketType } from '@api'
import { moneyDecimals, nameIn } from '@/shared/fields'
import type { Errors } from '@/shared/form'
import { withValues } from './choices'

export const subjects: FieldSubject[] = ['ticket', 'customer', 'organisation']
export const kinds: FieldKind[] = [
  'text',
  'long_text',
  'number',
  'money',
  'date',
  'yes_no',
  'choice',
  'multi_choice',
  'tree',
  'customer',
  'file',
]
const CHOSEN: FieldKind[] = ['choice', 'multi_choice', 'tree']
export const isChosen = (kind: FieldKind): boolean => CHOSEN.includes(kind)

/** A field as it is entered; bounds as typed. */
export interface FieldForm {
  key: string
  name_en: string
  name_zh: string
  kind: FieldKind
  choices: NonNullable<FieldOptions['choices']>
  minimum: string
  maximum: string
  decimals: string
  max_length: string
  pattern: string
  currency: string
  hint_en: string
  hint_zh: string
  is_archived: boolean
}

const typed = (value: number | undefined, unit = 1): string =>
  value === undefined ? '' : String(value / unit)

function unitOf(kind: FieldKind, currency: string): number {
  return kind === 'money' ? 10 ** moneyDecimals(currency) : 1
}

export function toForm(field: Field | null): FieldForm {
  const options = field?.options ?? {}
  const currency = options.currency ?? 'CNY'
  const unit = unitOf(field?.kind ?? 'text', currency)
  return {
    key: field?.key ?? '',
    name_en: field?.name_en ?? '',
    name_zh: field?.name_zh ?? '',
    kind: field?.kind ?? 'text',
    choices: options.choices ?? [],
    minimum: typed(options.minimum, unit),
    maximum: typed(options.maximum, unit),
    decimals: typed(options.decimals),
    max_length: typed(options.max_length),
    pattern: options.pattern ?? '',
    currency,
    hint_en: options.hint_en ?? '',
    hint_zh: options.hint_zh ?? '',
    is_archived: field?.is_archived ?? false,
  }
}

/** The options that a kind has; bounds of another kind that were typed before are left out. */
export function toOptions(form: FieldForm, saved: Set<string>): FieldOptions {
  const { kind, currency } = form
  const options: FieldOptions = { hint_en: form.hint_en.trim(), hint_zh: form.hint_zh.trim() }
  const number = (text: string, unit = 1): number | undefined =>
    text.trim() === '' ? undefined : Math.round(Number(text) * unit * 1e6) / 1e6
  if (isChosen(kind)) options.choices = withValues(form.choices, saved)
  if (kind === 'number' || kind === 'money') {
    const unit = unitOf(kind, currency)
    const [minimum, maximum] = [number(form.minimum, unit), number(form.maximum, unit)]
    if (minimum !== undefined) options.minimum = minimum
    if (maximum !== undefined) options.maximum = maximum
  }
  const decimals = kind === 'number' ? number(form.decimals) : undefined
  if (decimals !== undefined) options.decimals = decimals
  if (kind === 'money') options.currency = currency
  if (kind === 'text' || kind === 'long_text') {
    const length = number(form.max_length)
    if (length !== undefined) options.max_length = length
    if (form.pattern) options.pattern = form.pattern
  }
  return options
}

/** A key out of the English name. */
export function keyOf(name: string): string {
  const plain = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^[^a-z]+|_+$/g, '')
  return plain.slice(0, 40)
}

type Say = (key: string) => string

export function checkField(form: FieldForm, isNew: boolean, t: Say): Errors {
  const found: Errors = {}
  if (!form.name_zh.trim()) found.name_zh = t('settings.field.nameMissing')
  if (!form.name_en.trim()) found.name_en = t('settings.field.nameMissing')
  if (isNew && !/^[a-z][a-z0-9_]{0,39}$/.test(form.key)) found.key = t('settings.field.keyBad')
  if (isChosen(form.kind) && !form.choices.some((one) => !one.is_archived))
    found.choices = t('settings.field.noChoices')
  if (isChosen(form.kind) && form.choices.some((one) => !one.name_zh.trim() || !one.name_en.trim()))
    found.choices = t('settings.field.choiceUnnamed')
  for (const name of ['minimum', 'maximum', 'decimals', 'max_length'] as const)
    if (form[name].trim() && !Number.isFinite(Number(form[name])))
      found[name] = t('settings.field.notANumber')
  if (form.pattern && patternProblem(form.pattern)) found.pattern = t('settings.field.patternBad')
  return found
}

export function patternProblem(pattern: string): boolean {
  try {
    new RegExp(pattern)
    return false
  } catch {
    return true
  }
}

/** Whether a text has the form that a pattern wants, all of it. */
export const fitsPattern = (pattern: string, text: string): boolean =>
  !patternProblem(pattern) && new RegExp(`^(?:${pattern})$`).test(text.trim())

export interface FieldUses {
  /** Types whose form shows the field. */
  types: string[]
  /** Types with a rule that asks or changes the field. */
  rules: string[]
  /** Saved views whose condition or columns name the field. */
  views: string[]
}

/** What uses a ticket field, by name, so that archiving it surprises nobody. */
export function usesOf(
  key: string,
  types: TicketType[],
  views: { name: string }[],
  locale: string,
): FieldUses {
  const inUse = types.filter((type) => !type.is_archived)
  const named = (some: TicketType[]): string[] => some.map((type) => nameIn(locale, type))
  const holds = (thing: unknown): boolean => JSON.stringify(thing).includes(`"fields.${key}"`)
  const changes = (type: TicketType): boolean =>
    type.rules.some((rule) => {
      const { show = [], hide = [], require = {}, limit = {} } = rule
      return (
        holds(rule.when) || [...show, ...hide, ...Object.keys(require), ...Object.keys(limit)].includes(key)
      )
    })
  return {
    types: named(inUse.filter((type) => type.form.some((one) => one.key === key))),
    rules: named(inUse.filter(changes)),
    views: views.filter(holds).map((view) => view.name),
  }
}

/** The list with one thing at another place, and those whose position changes by that. */
export function reordered<T extends { id: number; position: number }>(
  items: T[],
  from: number,
  to: number,
): T[] {
  const row = [...items]
  const [one] = row.splice(from, 1)
  if (!one || to < 0 || to > row.length) return []
  row.splice(to, 0, one)
  return row
    .map((item, at) => ({ ...item, position: (at + 1) * 10 }))
    .filter((item) => items.find((old) => old.id === item.id)?.position !== item.position)
}
