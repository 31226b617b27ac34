import { useDesk } from '@/shared/desk'
import { moneyDecimals } from '@/shared/fields/values'
import { api, type CustomField, type TicketType } from '@api'
import { useQuery } from '@tanstack/vue-query'
import type { ConditionField, ConditionKind, ConditionOption } from '@ui'
import { computed } from 'vue'
import { useI18n } from 'vue-i18n'

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
// what only an identity check shows is no condition; the server refuses it, too
const PLACE_LIKE = /address|street|addr$|postcode|zip|id_?number|passport/i
const PREFIX = { ticket: 'fields.', customer: 'customer.fields.', organisation: 'organisation.fields.' }
const LANGUAGES = ['zh-CN', 'en']
const RISKS = [
  ...['safety', 'self_harm', 'legal', 'media_regulator', 'fraud', 'privacy_leak', 'leadership'],
  ...['abuse', 'churn', 'third_contact'],
]
const RISK_STATES = ['open', 'confirmed', 'false_alarm']
const TIMES = ['created', 'activity', 'waiting', 'due', 'snoozed', 'solved'] as const

/** What everybody may know of the desk's fields, types and brands. */
export function useDefinitions() {
  const list = <T>(path: string) =>
    useQuery({
      queryKey: ['definitions', path],
      queryFn: async ({ signal }) => (await api.get<{ items: T[] }>(path, signal)).items,
      staleTime: 60_000,
      shallow: true,
    })
  const fields = list<CustomField>('/fields')
  const customerFields = list<CustomField>('/fields?subject=customer')
  const organisationFields = list<CustomField>('/fields?subject=organisation')
  const types = list<TicketType>('/ticket-types')
  const brands = list<{ id: number; name: string }>('/brands')
  return {
    fields: computed(() => fields.data.value ?? []),
    /** Of customers and of organisations. */
    recordFields: computed(() => [
      ...(customerFields.data.value ?? []).filter((one) => !PLACE_LIKE.test(one.key)),
      ...(organisationFields.data.value ?? []),
    ]),
    types: computed(() => types.data.value ?? []),
    brands: computed(() => brands.data.value ?? []),
  }
}

/** Chooses between the two names of something; whichever is missing is filled by the other. */
export function useNames() {
  const { locale } = useI18n()
  return (one: { name_en: string; name_zh: string }): string =>
    locale.value === 'zh-CN' ? one.name_zh || one.name_en : one.name_en || one.name_zh
}

function customInfo(field: CustomField, names: ReturnType<typeof useNames>, group?: string): ConditionField {
  const choices = field.options.choices ?? []
  return {
    key: PREFIX[field.subject] + field.key,
    name: names(field),
    ...(group ? { group } : {}),
    kind: customKinds[field.kind] ?? 'text',
    isArchived: field.is_archived,
    ...(choices.length ? { options: choices.map((one) => ({ value: one.value, label: names(one) })) } : {}),
    // money is entered in its unit and compared in its smallest part
    ...(field.kind === 'money' ? { scale: 10 ** moneyDecimals(field.options.currency ?? 'CNY') } : {}),
  }
}

/** Languages by their names in the reader's own. */
/** What a machine, or a person, calls how a customer feels. */
const LABELS = {
  sentiment: ['negative', 'neutral', 'positive'],
  emotion: ['angry', 'disappointed', 'anxious', 'calm', 'thankful'],
} as const

function languageOptions(locale: string): ConditionOption[] {
  const names = new Intl.DisplayNames([locale], { type: 'language' })
  return LANGUAGES.map((value) => ({ value, label: names.of(value.slice(0, 2)) ?? value }))
}

type Own = (key: string, kind: ConditionKind, options?: ConditionOption[]) => ConditionField

/** Which risks a ticket's messages show, and what people have said of them. */
function riskFields(t: (key: string) => string, own: Own): ConditionField[] {
  return [
    own(
      'risk',
      'many',
      RISKS.map((one) => ({ value: one, label: t(`views.risk.${one}`) })),
    ),
    own(
      'risk_state',
      'many',
      RISK_STATES.map((one) => ({ value: one, label: t(`views.riskState.${one}`) })),
    ),
  ]
}

/** What a machine takes a ticket's messages for. */
function labelFields(t: (key: string) => string, own: Own, locale: string): ConditionField[] {
  const labelled = (aspect: keyof typeof LABELS): ConditionOption[] =>
    LABELS[aspect].map((value) => ({ value, label: t(`views.labels.${aspect}.${value}`) }))
  return [
    own('sentiment', 'choice', labelled('sentiment')),
    own('emotion', 'choice', labelled('emotion')),
    own('written_in', 'choice', languageOptions(locale)),
    own('is_spam', 'yes_no'),
  ]
}

/** Every field that a condition may name, in the reader's language. */
export function useTicketFields() {
  const { t, locale } = useI18n()
  const desk = useDesk()
  const names = useNames()
  const { fields, recordFields, types, brands } = useDefinitions()

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
    own('stage', 'choice'),
    own('customer_name', 'text'),
    own('tier', 'choice'),
    own('language', 'choice', languageOptions(locale.value)),
    ...labelFields(t, own, locale.value),
    own('organisation_name', 'text'),
    own('brand', 'choice', named(brands.value)),
    own(
      'channel',
      'choice',
      CHANNELS.map((one) => ({ value: one, label: t(`tickets.channel.${one}`) })),
    ),
    ...TIMES.map((one) => own(one, 'time')),
    ...['unread', 'following', 'mentioned'].map((one) => own(one, 'yes_no')),
    ...riskFields(t, own),
    own('messages', 'number'),
    own('time_spent', 'number'),
    own('number', 'number'),
    ...fields.value.map((one) => customInfo(one, names)),
    ...recordFields.value.map((one) => customInfo(one, names, t(`views.group.${one.subject}`))),
  ])
}
