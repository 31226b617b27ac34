import type { Field, FieldChoice, FieldFile, Id } from '@api'
import { isEmptyValue } from './form'

interface Named {
  name_en: string
  name_zh: string
}

/** A field's, type's or choice's name in the reader's language. */
export function nameIn(locale: string, one: Named): string {
  return locale === 'zh-CN' ? one.name_zh : one.name_en
}

export interface ValueWords {
  t: (key: string, values?: Record<string, unknown>) => string
  locale: string
  /** What is known of customers and files that values name. */
  customerName?: (id: Id) => string | undefined
  file?: (id: Id) => FieldFile | undefined
  fileName?: (id: Id) => string | undefined
}

/** The currency's usual number of decimals: 2 for yuan, 0 for yen. */
export function moneyDecimals(currency: string): number {
  return (
    new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2
  )
}

export function moneyText(amount: number, currency: string, locale: string): string {
  const units = amount / 10 ** moneyDecimals(currency)
  return new Intl.NumberFormat(locale, {
    style: 'currency',
    currency,
    currencyDisplay: 'narrowSymbol',
  }).format(units)
}

/** An amount as typed, in the smallest unit; undefined if it is none. */
export function parseMoney(typed: string, currency: string): number | undefined {
  const plain = typed.replace(/[,\s，]/g, '')
  if (!/^-?\d+(\.\d*)?$/.test(plain)) return undefined
  return Math.round(Number(plain) * 10 ** moneyDecimals(currency))
}

/** A choice's name; in a tree with all levels above it. */
export function choiceText(field: Field, value: string, locale: string): string {
  const names = new Map((field.options.choices ?? []).map((one) => [one.value, nameIn(locale, one)]))
  if (field.kind !== 'tree') return names.get(value) ?? value
  const parts = value.split('/')
  return parts.map((part, at) => names.get(parts.slice(0, at + 1).join('/')) ?? part).join(' › ')
}

/** A value as a person reads it; '' for none. A value of another shape than its field's is shown as it is. */
export function valueText(field: Field | undefined, value: unknown, words: ValueWords): string {
  const { t, locale } = words
  if (isEmptyValue(value)) return ''
  if (!field) return typeof value === 'object' ? JSON.stringify(value) : String(value)
  if (Array.isArray(value))
    return value.map((one) => choiceText(field, String(one), locale)).join(locale === 'zh-CN' ? '、' : ', ')
  if (typeof value === 'boolean') return t(value ? 'fields.yes' : 'fields.no')
  if (typeof value === 'object' && value !== null) {
    const money = value as { amount_cents?: number; currency?: string }
    return moneyText(money.amount_cents ?? 0, money.currency ?? 'CNY', locale)
  }
  if (field.kind === 'choice' || field.kind === 'tree') return choiceText(field, String(value), locale)
  if (field.kind === 'customer')
    return words.customerName?.(Number(value)) ?? t('fields.customer', { id: String(value) })
  if (field.kind === 'file')
    return (
      words.file?.(Number(value))?.name ??
      words.fileName?.(Number(value)) ??
      t('fields.file', { id: String(value) })
    )
  if (field.kind === 'number')
    return new Intl.NumberFormat(locale, { maximumFractionDigits: 6 }).format(Number(value))
  if (field.kind === 'date') return dateText(String(value), locale)
  return String(value)
}

/** A day has no zone: it is the same day everywhere. */
function dateText(day: string, locale: string): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeZone: 'UTC' }).format(
    new Date(`${day}T00:00:00Z`),
  )
}

export interface ChoiceNode {
  value: string
  label: string
  children?: ChoiceNode[]
}

/** Choices that can be taken: those in use and allowed, and the present one, that it can be shown. */
export function openChoices(field: Field, allowed: string[] | null, present: unknown): FieldChoice[] {
  const kept = [present].flat()
  return (field.options.choices ?? []).filter(
    (one) => kept.includes(one.value) || (!one.is_archived && (!allowed || allowed.includes(one.value))),
  )
}

/** The choices of a tree, each under the level above it. A branch stays open as the way to what is allowed below it. */
export function choiceTree(field: Field, open: FieldChoice[], locale: string): ChoiceNode[] {
  const wanted = new Set(open.flatMap((one) => levels(one.value)))
  const nodes = new Map<string, ChoiceNode>()
  const roots: ChoiceNode[] = []
  for (const one of field.options.choices ?? []) {
    if (!wanted.has(one.value)) continue
    const node: ChoiceNode = { value: one.value, label: nameIn(locale, one) }
    nodes.set(one.value, node)
    const above = nodes.get(one.value.split('/').slice(0, -1).join('/'))
    if (above) above.children = [...(above.children ?? []), node]
    else roots.push(node)
  }
  return roots
}

export function levels(path: string): string[] {
  const parts = path.split('/')
  return parts.map((_, at) => parts.slice(0, at + 1).join('/'))
}
