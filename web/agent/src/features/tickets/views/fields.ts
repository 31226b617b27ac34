import { useDesk } from '@/shared/desk'
import type { CustomField } from '@api'
import { computed } from 'vue'
import { useI18n } from 'vue-i18n'
import { useDefinitions, useNames } from './data'

export type Kind =
  'text' | 'number' | 'time' | 'date' | 'choice' | 'tree' | 'many' | 'yes_no' | 'person' | 'team'

export interface Choice {
  value: string | number
  label: string
}

/** A field of a ticket as the builder and the tables know it. */
export interface FieldInfo {
  name: string
  label: string
  kind: Kind
  /** null: any word or number may be entered */
  choices: Choice[] | null
  isArchived: boolean
  /** money is entered in its unit and compared in its smallest part */
  isMoney: boolean
}

const oneOf = ['is', 'is_not', 'any_of', 'none_of']
const always = ['is_empty', 'is_set']

/** Which comparisons each kind has; the same as OPS in src/ombud/shared/conditions.py. */
export const OPS: Record<Kind, string[]> = {
  text: ['contains', 'is', 'is_not', 'begins', ...always],
  number: ['is', 'is_not', 'less', 'more', 'between', ...always],
  time: ['within_last', 'older_than', 'before', 'after', 'between', ...always],
  date: ['is', 'within_last', 'older_than', 'before', 'after', 'between', ...always],
  choice: ['any_of', 'none_of', 'is', 'is_not', ...always],
  tree: ['under', ...oneOf, ...always],
  many: ['any_of', 'none_of', 'has_all', ...always],
  yes_no: ['is', ...always],
  person: ['any_of', 'none_of', 'is', 'is_not', ...always],
  team: ['any_of', 'none_of', 'is', 'is_not', ...always],
}

const customKinds: Record<string, Kind> = {
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

function customInfo(field: CustomField, names: ReturnType<typeof useNames>): FieldInfo {
  const choices = field.options.choices ?? []
  return {
    name: `fields.${field.key}`,
    label: names(field),
    kind: customKinds[field.kind] ?? 'text',
    choices: choices.length ? choices.map((one) => ({ value: one.value, label: names(one) })) : null,
    isArchived: field.is_archived,
    isMoney: field.kind === 'money',
  }
}

/** Every field that a condition may name, in the reader's language. */
export function useTicketFields() {
  const { t } = useI18n()
  const desk = useDesk()
  const names = useNames()
  const { fields, types, brands } = useDefinitions()

  const own = (name: string, kind: Kind, choices: Choice[] | null = null): FieldInfo => ({
    name,
    kind,
    choices,
    label: t(`views.field.${name}`),
    isArchived: false,
    isMoney: false,
  })
  const named = (items: { id: number; name: string }[]): Choice[] =>
    items.map((one) => ({ value: one.id, label: one.name }))

  return computed<FieldInfo[]>(() => [
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
    own('assignee', 'person', [{ value: 'me', label: t('views.me') }, ...named(desk.people.value)]),
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
    own('messages', 'number'),
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
  'preview',
]
