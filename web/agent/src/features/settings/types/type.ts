import type { Field, FormField, FormRule, TicketType } from '@api'
import type { ConditionField, ConditionKind } from '@ui'
import type { Condition } from '@ui/conditions'
import { nameIn } from '@/shared/fields'
import type { Errors } from '@/shared/form'

/** How conditions compare each kind of field; the same words as CONDITION_KIND in src/ombud/fields/services/values.py. */
const KINDS: Record<Field['kind'], ConditionKind> = {
  text: 'text',
  long_text: 'text',
  number: 'number',
  money: 'number',
  date: 'date',
  choice: 'choice',
  tree: 'tree',
  multi_choice: 'many',
  customer: 'number',
  file: 'number',
  yes_no: 'yes_no',
}

export interface RuleForm {
  when: Condition
  isComplete: boolean
  show: string[]
  hide: string[]
  require: Record<string, 'never' | 'save' | 'solve'>
  limit: Record<string, string[]>
}

export interface TypeForm {
  name_en: string
  name_zh: string
  form: Required<FormField>[]
  rules: RuleForm[]
  is_archived: boolean
  needs_closing: boolean
}

export function toTypeForm(type: TicketType | null): TypeForm {
  return {
    name_en: type?.name_en ?? '',
    name_zh: type?.name_zh ?? '',
    form: (type?.form ?? []).map(({ key, required_on = 'never' }) => ({ key, required_on })),
    rules: (type?.rules ?? []).map((rule) => ({
      when: rule.when as unknown as Condition,
      isComplete: true,
      show: rule.show ?? [],
      hide: rule.hide ?? [],
      require: rule.require ?? {},
      limit: rule.limit ?? {},
    })),
    is_archived: type?.is_archived ?? false,
    needs_closing: type?.needs_closing ?? false,
  }
}

export const newRule = (): RuleForm => ({
  when: { all: [] },
  isComplete: true,
  show: [],
  hide: [],
  require: {},
  limit: {},
})

/** The rules as the server keeps them; effects on fields that have left the form go with them. */
export function toRules(form: TypeForm): FormRule[] {
  const keys = new Set(form.form.map((one) => one.key))
  const onForm = <V>(effects: Record<string, V>): Record<string, V> =>
    Object.fromEntries(Object.entries(effects).filter(([key]) => keys.has(key)))
  return form.rules.map(({ when, show, hide, require, limit }) => ({
    when: when as unknown as Record<string, unknown>,
    show: show.filter((key) => keys.has(key)),
    hide: hide.filter((key) => keys.has(key)),
    require: onForm(require),
    limit: onForm(limit),
  }))
}

export function hasEffect(rule: RuleForm): boolean {
  const { show, hide, require, limit } = rule
  return show.length + hide.length + Object.keys(require).length + Object.keys(limit).length > 0
}

type Say = (key: string, values?: Record<string, unknown>) => string

export function checkType(form: TypeForm, t: Say): Errors {
  const found: Errors = {}
  if (!form.name_zh.trim()) found.name_zh = t('settings.type.nameMissing')
  if (!form.name_en.trim()) found.name_en = t('settings.type.nameMissing')
  form.rules.forEach((rule, at) => {
    if (!rule.isComplete) found[`rule${String(at)}`] = t('settings.type.ruleIncomplete')
    else if (!hasEffect(rule)) found[`rule${String(at)}`] = t('settings.type.ruleWithoutEffect')
  })
  return found
}

export interface FactLists {
  statuses: { id: number; name_en: string; name_zh: string; is_archived: boolean }[]
  teams: { id: number; name: string }[]
  brands: { id: number; name: string }[]
}

/** What rules may ask: the ticket's own facts, and its custom fields that are in use. */
export function conditionFields(fields: Field[], lists: FactLists, locale: string, t: Say): ConditionField[] {
  const fact = (key: string, kind: ConditionKind, options?: ConditionField['options']): ConditionField => ({
    key,
    kind,
    name: t(`settings.type.facts.${key}`),
    group: t('settings.type.ofTicket'),
    ...(options ? { options } : {}),
  })
  const words = (values: string[], prefix: string) =>
    values.map((value) => ({ value, label: t(`${prefix}.${value}`) }))
  const custom = fields
    .filter((field) => !field.is_archived)
    .map((field): ConditionField => {
      const choices = field.options.choices?.filter((one) => !one.is_archived)
      return {
        key: `fields.${field.key}`,
        kind: KINDS[field.kind],
        name: nameIn(locale, field),
        group: t('settings.type.ofForm'),
        ...(choices?.length
          ? { options: choices.map((one) => ({ value: one.value, label: nameIn(locale, one) })) }
          : {}),
      }
    })
  const categories = ['new', 'open', 'waiting', 'on_hold', 'solved', 'closed']
  return [
    ...custom,
    fact('priority', 'number'),
    fact('category', 'choice', words(categories, 'settings.categories')),
    fact(
      'status',
      'choice',
      lists.statuses.map((one) => ({ value: one.id, label: nameIn(locale, one) })),
    ),
    fact(
      'team',
      'team',
      lists.teams.map((one) => ({ value: one.id, label: one.name })),
    ),
    fact(
      'brand',
      'choice',
      lists.brands.map((one) => ({ value: one.id, label: one.name })),
    ),
    fact('channel', 'choice', words(['email', 'chat', 'form', 'api'], 'settings.type.channels')),
    fact('tags', 'many'),
    fact('tier', 'choice'),
  ]
}

/** One thing of a list at another place. */
export function placed<T>(items: T[], from: number, to: number): T[] {
  const row = [...items]
  row.splice(to, 0, ...row.splice(from, 1))
  return row
}
