import { useDesk } from '@/shared/desk'
import type { ConditionField } from '@ui'
import { computed } from 'vue'
import { useI18n } from 'vue-i18n'
import { useDefinitions, useNames, useTicketFields } from './ticketFields'

interface Leaf {
  field: string
  op: string
  value?: unknown
}
type Reason = Leaf | { not: unknown }

export interface RuleChange {
  field: string
  from_value: unknown
  to_value: unknown
}

/** What the timeline keeps of a rule at work. */
export interface RuleTold {
  rule_id: number
  version: number
  name_en: string
  name_zh: string
  state: 'done' | 'refused' | 'stopped'
  cause: string
  because?: Reason[]
  changes?: RuleChange[]
  did?: string[]
  problem?: string | null
}

type T = (key: string, values?: Record<string, unknown>) => string

function valueText(value: unknown, field: ConditionField | undefined, t: T): string {
  if (Array.isArray(value)) return value.map((one) => valueText(one, field, t)).join(t('rules.comma'))
  if (typeof value === 'boolean') return t(value ? 'conditions.yes' : 'conditions.no')
  const span = typeof value === 'string' ? /^(\d+)([mhdw])$/.exec(value) : null
  if (span) return `${String(span[1])} ${t(`conditions.units.${String(span[2])}`)}`
  const known = field?.options?.find((one) => one.value === value)
  return known?.label ?? (value === null || value === undefined ? t('rules.none') : String(value))
}

/** A comparison as a person would say it: "Priority is Urgent". */
export function leafText(reason: Reason, fields: Map<string, ConditionField>, t: T): string {
  if (!('field' in reason)) return t('rules.otherReason')
  const field = fields.get(reason.field)
  const name = field?.name ?? reason.field
  const op = t(`conditions.ops.${reason.op}`)
  const bare = reason.op === 'is_set' || reason.op === 'is_empty'
  return t('rules.leaf', { name, op, value: bare ? '' : valueText(reason.value, field, t) }).trim()
}

/** The fields that a rule may ask for: those of views that all readers share, and what the event says. */
export function useRuleFields() {
  const { t } = useI18n()
  const fields = useTicketFields()
  return computed<ConditionField[]>(() => {
    const shared = fields.value.filter((one) => !['unread', 'following', 'mentioned'].includes(one.key))
    // nobody acts for a rule: neither "me" nor "my teams" means anything to it
    const plain = shared.map((one) =>
      one.kind === 'person' || one.kind === 'team' ? { ...one, kind: 'choice' as const } : one,
    )
    const people = ['customer', 'person', 'api_key', 'system']
    return [
      { key: 'message', kind: 'text', name: t('rules.field.message') },
      ...plain,
      {
        key: 'event_by',
        kind: 'choice',
        name: t('rules.field.event_by'),
        options: people.map((value) => ({ value, label: t(`rules.by.${value}`) })),
      },
    ]
  })
}

/** Rules in words: why one ran, and what it changed. */
export function useRuleWords() {
  const { t, te } = useI18n()
  const say: T = (key, values) => t(key, values ?? {})
  const desk = useDesk()
  const names = useNames()
  const { types } = useDefinitions()
  const fields = useRuleFields()
  const byKey = computed(() => new Map(fields.value.map((one) => [one.key, one])))

  function changed(change: RuleChange): string {
    const { field, to_value: to } = change
    if (field === 'fields') {
      const entries = Object.entries((to ?? {}) as Record<string, unknown>)
      return entries
        .map(([key, value]) => {
          const known = byKey.value.get(`fields.${key}`)
          return t('rules.change', { name: known?.name ?? key, value: valueText(value, known, say) })
        })
        .join(t('rules.comma'))
    }
    const shown =
      field === 'status'
        ? desk.statusName(Number(to))
        : field === 'type'
          ? names(types.value.find((one) => one.id === to) ?? { name_en: '', name_zh: '' })
          : valueText(to, byKey.value.get(field), say)
    return t('rules.change', {
      name: te(`rules.part.${field}`) ? t(`rules.part.${field}`) : field,
      value: shown,
    })
  }

  const problemOf = (told: Pick<RuleTold, 'problem'>): string => {
    const code = told.problem ?? ''
    if (te(`rules.problem.${code}`)) return t(`rules.problem.${code}`)
    return te(`errors.${code}`) ? t(`errors.${code}`) : t('rules.problem.other')
  }

  return {
    reason: (one: Reason): string => leafText(one, byKey.value, say),
    changed,
    problemOf,
    /** One line of the timeline: which rule, why, what. */
    sentence(told: RuleTold): string {
      const name = names(told)
      const why = (told.because ?? []).map((one) => leafText(one, byKey.value, say)).join(t('rules.comma'))
      const cause = t(`rules.cause.${told.cause}`)
      const because = why ? t('rules.because', { cause, why }) : cause
      if (told.state !== 'done')
        return t(`rules.told.${told.state}`, { name, because, problem: problemOf(told) })
      const did = (told.did ?? []).map((one) => t(`rules.did.${one}`))
      const what = [...(told.changes ?? []).map(changed), ...did].join(t('rules.comma'))
      return t('rules.told.done', { name, because, what })
    },
  }
}
