import type { Errors } from '@/shared/form'
import type { FormField, Id, Locale } from '@api'
import { baseOf, checkBase, type ChannelBase } from '../channel/useChannelForm'
import type { Channel } from '../types'
import { bothWords, type BothWords } from '../words'

export interface WebFormQuestion {
  key: string
  is_required: boolean
}

export interface WebFormSettings {
  title: BothWords
  thanks: BothWords
  ask_phone: boolean
  type_id: Id | null
  questions: WebFormQuestion[]
  locale_default: Locale
}

export interface WebForm extends ChannelBase, WebFormSettings {}

export interface WebFormDefaults {
  brandId: Id
  teamId: Id
  locale: Locale
  title: BothWords
  thanks: BothWords
}

export function webForm(
  channel: Channel<Partial<WebFormSettings>> | null,
  defaults: WebFormDefaults,
): WebForm {
  const given = channel?.settings ?? {}
  return {
    ...baseOf(channel as Channel | null, defaults.brandId, defaults.teamId),
    title: channel ? bothWords(given.title) : defaults.title,
    thanks: channel ? bothWords(given.thanks) : defaults.thanks,
    ask_phone: given.ask_phone ?? false,
    type_id: given.type_id ?? null,
    questions: given.questions ?? [],
    locale_default: given.locale_default ?? defaults.locale,
  }
}

export const checkWebForm = (values: WebForm, t: (key: string) => string): Errors => checkBase(values, t)

export function webFormBody({ title, thanks, ask_phone, type_id, questions, locale_default }: WebForm) {
  return { settings: { title, thanks, ask_phone, type_id, questions, locale_default }, secrets: {} }
}

/** Kinds of fields that customers can fill in on the page: they know no other customers, and files have no place. */
export const isAskable = ({ kind }: { kind: string }): boolean => !['customer', 'file'].includes(kind)

/** Questions as the editor of forms has them, and back. */
export const asFormFields = (questions: WebFormQuestion[]): Required<FormField>[] =>
  questions.map(({ key, is_required }) => ({ key, required_on: is_required ? 'save' : 'never' }))
export const asQuestions = (fields: Required<FormField>[]): WebFormQuestion[] =>
  fields.map(({ key, required_on }) => ({ key, is_required: required_on === 'save' }))

/** Where everybody finds the form. */
export const formAddress = (origin: string, key: string): string => `${origin}/forms/${key}`

/** The form as a part of another page. */
export function formSnippet(origin: string, key: string, title: string): string {
  const safe = title.replace(/[&"<>]/g, (sign) => `&#${String(sign.charCodeAt(0))};`)
  return `<iframe src="${formAddress(origin, key)}" title="${safe}" width="100%" height="720" style="border:0"></iframe>`
}
