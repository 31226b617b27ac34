import type { Errors } from '@/shared/form'
import type { Id, Locale } from '@api'
import { baseOf, checkBase, type ChannelBase } from '../channel/useChannelForm'
import type { WebFormQuestion } from '../forms/form'
import type { Channel } from '../types'
import { bothWords, type BothWords } from '../words'
import { parseColour } from './contrast'
import { kindsOf, typesOf, usualKinds } from './fileKinds'
import { intervalProblems, sortIntervals, workdays, type Interval } from './officeHours'

export type EmailQuestion = 'off' | 'optional' | 'required'

interface OfficeHours {
  time_zone: string
  intervals: Interval[]
  /** Days off, as 2026-10-01. */
  closed_on: string[]
}

export interface WidgetSettings {
  color: string
  greeting: BothWords
  away_message: BothWords
  pre_chat: { name: boolean; email: EmailQuestion }
  /** The type of tickets that begin here, and fields of tickets that the visitor is asked for. */
  type_id: Id | null
  questions: WebFormQuestion[]
  /** No interval at all means always. */
  office_hours: OfficeHours
  file_max_bytes: number
  /** By what the bytes are; none at all means any. */
  file_types: string[]
  /** Only visitors whom the site signs. */
  signed_only: boolean
  mail_after_minutes: number
  /** To one address that a visitor typed. */
  mails_per_day: number
  /** What is offered to those who wait. */
  offers_call: boolean
  offers_mail: boolean
  locale_default: Locale
}

export interface WidgetForm extends ChannelBase, Omit<WidgetSettings, 'file_max_bytes' | 'file_types'> {
  file_max_mb: number
  takes_any_file: boolean
  file_kinds: string[]
  is_always_open: boolean
}

const MB = 1024 * 1024
export const FILE_MAX_MB = 25

interface Defaults {
  brandId: Id
  teamId: Id
  zone: string
  locale: Locale
  greeting: BothWords
  away: BothWords
}

const nothing = ({ zone, greeting, away, locale }: Defaults): WidgetSettings => ({
  color: '#0d7a6f',
  greeting,
  away_message: away,
  pre_chat: { name: true, email: 'optional' },
  type_id: null,
  questions: [],
  office_hours: { time_zone: zone, intervals: [], closed_on: [] },
  file_max_bytes: 10 * MB,
  file_types: typesOf(usualKinds),
  signed_only: false,
  mail_after_minutes: 5,
  mails_per_day: 10,
  offers_call: false,
  offers_mail: true,
  locale_default: locale,
})

/** What switching office hours on begins with. */
const usualHours = (): Interval[] => workdays.map((weekday) => ({ weekday, start: 9 * 60, end: 18 * 60 }))

export function widgetForm(channel: Channel<Partial<WidgetSettings>> | null, defaults: Defaults): WidgetForm {
  const given = channel?.settings ?? {}
  const { file_max_bytes, file_types, ...all } = { ...nothing(defaults), ...given }
  const isAlways = all.office_hours.intervals.length === 0
  return {
    ...baseOf(channel as Channel | null, defaults.brandId, defaults.teamId),
    ...all,
    greeting: channel ? bothWords(given.greeting) : all.greeting,
    away_message: channel ? bothWords(given.away_message) : all.away_message,
    is_always_open: isAlways,
    office_hours: {
      ...all.office_hours,
      closed_on: [...(all.office_hours.closed_on ?? [])].sort(),
      intervals: isAlways ? usualHours() : all.office_hours.intervals,
    },
    takes_any_file: file_types.length === 0,
    file_kinds: file_types.length ? kindsOf(file_types) : [...usualKinds],
    file_max_mb: Math.round((file_max_bytes / MB) * 10) / 10,
  }
}

export function checkWidget(values: WidgetForm, t: (key: string) => string): Errors {
  const found = checkBase(values, t)
  if (!parseColour(values.color)) found.color = t('settings.widget.colourWrong')
  if (values.file_max_mb > 0 && !values.takes_any_file && !values.file_kinds.length)
    found.file_kinds = t('settings.widget.kindsMissing')
  if (values.is_always_open) return found
  const { intervals } = values.office_hours
  if (!intervals.length) found.hours = t('settings.widget.hoursMissing')
  for (const [day, problem] of Object.entries(intervalProblems(intervals)))
    found[`day_${day}`] = t(`settings.widget.hours_${problem}`)
  return found
}

/** #abc → #aabbcc, the only form that the server takes. */
function longColour(text: string): string {
  const colour = text.trim().toLowerCase()
  return colour.length === 4 ? `#${[...colour.slice(1)].map((digit) => digit + digit).join('')}` : colour
}

export function widgetBody(values: WidgetForm): {
  settings: WidgetSettings
  secrets: Record<string, string>
} {
  const { greeting, away_message, pre_chat, office_hours, locale_default } = values
  const { signed_only, type_id, questions, mail_after_minutes, mails_per_day } = values
  const { offers_call, offers_mail } = values
  return {
    settings: {
      color: longColour(values.color),
      greeting,
      away_message,
      pre_chat,
      type_id,
      questions,
      office_hours: {
        ...office_hours,
        intervals: values.is_always_open ? [] : sortIntervals(office_hours.intervals),
      },
      file_max_bytes: Math.round(values.file_max_mb * MB),
      // without any file the kinds do not matter: they stay as they are
      file_types: values.takes_any_file ? [] : typesOf(values.file_kinds),
      signed_only,
      mail_after_minutes,
      mails_per_day,
      offers_call,
      offers_mail,
      locale_default,
    },
    secrets: {},
  }
}

/** What a site's owner pastes before </body>. */
export function widgetSnippet(origin: string, key: string): string {
  return `<script async src="${origin}/widget.js" data-key="${key}"></script>`
}
