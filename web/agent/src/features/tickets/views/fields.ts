import { useDesk } from '@/shared/desk'
import { moneyDecimals } from '@/shared/fields/values'
import type { CustomField } from '@api'
import type { ConditionField, ConditionKind, ConditionOption } from '@ui'
import { computed } from 'vue'
import { useI18n } from 'vue-i18n'
import { useDefinitions, useNames } from './data'

const customKinds: Record<string, ConditionKind> = {
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

const CATEGORIES = ['new', 'open', 'waiting', 'on_hold', 'solved', 'closed']
const CHANNELS = ['email', 'chat', 'form', 'api']
const TIMES = ['created', 'activity', 'waiting', 'due', 'snoozed', 'solved'] as const

function customInfo(field: CustomField, names: ReturnType<typeof useNames>): ConditionField {
  const choices = field.options.choices ?? []
  return {
    key: `fields.${field.key}`,
    name: names(field),
    kind: customKinds[field.kind] ?? 'text',
    isArchived: field.is_archived,
    ...(choices.length ? { options: choices.map((one) => ({ value: one.value, label: names(one) })) } : {}),
    // money is entered in its unit and compared in its smallest part
    ...(field.kind === 'money' ? { scale: 10 ** moneyDecimals(field.options.currency ?? 'CNY') } : {}),
  }
}

/** Every field that a condition may name, in the reader's language. */
export function useTicketFields() {
  const { t } = useI18n()
  const desk = useDesk()
  const names = useNames()
  const { fields, types, brands } = useDefinitions()

  const own = (key: string, kind: ConditionKind, options?: ConditionOption[]): ConditionField => ({
    key,
    kind,
    name: t(`views.field.${key}`),
    ...(options ? { options } : {}),
  })
  const named = (items: { id: number; name: string }[]): ConditionOption[] =>
    items.map((one) => ({ value: one.id, label: one.name }))

  return computed<ConditionField[]>(() => [
    own(
      'status',
      'choice',
      desk.statuses.value.map((one) => ({ value: one.id, label: names(one) })),
    ),
    own(
      'category',
      'choice',
      CATEGORIES.map((one) => ({ value: one, label: t(`tickets.category.${one}`) })),
    ),
    own(
      'priority',
      'number',
      [4, 3, 2, 1].map((one) => ({ value: one, label: t(`tickets.priority.${String(one)}`) })),
    ),
    own(
      'type',
      'choice',
      types.value.map((one) => ({ value: one.id, label: names(one) })),
    ),
    own('team', 'team', named(desk.teams.value)),
    own('assignee', 'person', named(desk.people.value)),
    own('subject', 'text'),
    own('tags', 'many'),
    own('customer_name', 'text'),
    own('tier', 'choice'),
    own('brand', 'choice', named(brands.value)),
    own(
      'channel',
      'choice',
      CHANNELS.map((one) => ({ value: one, label: t(`tickets.channel.${one}`) })),
    ),
    ...TIMES.map((one) => own(one, 'time')),
    own('unread', 'yes_no'),
    own('following', 'yes_no'),
    own('mentioned', 'yes_no'),
    own('messages', 'number'),
    own('time_spent', 'number'),
    own('number', 'number'),
    ...fields.value.map((one) => customInfo(one, names)),
  ])
}

export const SORTS = [
  'activity',
  'activity_oldest',
  'created',
  'created_oldest',
  'priority',
  'waiting',
  'due',
  'number',
  'number_oldest',
] as const

export const DEFAULT_COLUMNS = [
  'number',
  'subject',
  'customer_name',
  'status',
  'priority',
  'assignee',
  'waiting',
  'activity',
]
export const SHIPPED_COLUMNS = [
  ...DEFAULT_COLUMNS,
  'type',
  'team',
  'tier',
  'brand',
  'channel',
  'tags',
  'created',
  'due',
  'snoozed',
  'messages',
  'time_spent',
  'preview',
]
