import type { Errors } from '@/shared/form'
import type { Id, Locale, Schemas } from '@api'
import { bothWords, type BothWords } from '../words'

export type PortalSite = Schemas['PortalSite']
export interface SiteLink {
  name: BothWords
  url: string
}

/** A site as its page edits it. */
export interface SiteForm {
  key: string
  host: string
  is_on: boolean
  has_portal: boolean
  form_channel_id: Id
  name: BothWords
  accent: string
  accent_dark: string
  welcome: BothWords
  footer: BothWords
  links: SiteLink[]
  locale_default: Locale
  time_zone: string
  is_listed: boolean
}

const KEY = /^[a-z0-9]+(-[a-z0-9]+)*$/
const HOST = /^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?(:\d{1,5})?$/
const COLOUR = /^#[0-9a-fA-F]{6}$/
const ADDRESS = /^https?:\/\/[^\s"'<>]+$/

export function siteForm(site: PortalSite): SiteForm {
  const look = site.look
  return {
    key: site.key,
    host: site.host ?? '',
    is_on: site.is_on,
    has_portal: site.has_portal,
    form_channel_id: site.form_channel_id ?? 0,
    name: bothWords(look.name),
    accent: look.accent ?? '#0d7a6f',
    accent_dark: look.accent_dark ?? '#37b3a4',
    welcome: bothWords(look.welcome),
    footer: bothWords(look.footer),
    links: (look.links ?? []).map((one) => ({ name: bothWords(one.name), url: one.url })),
    locale_default: look.locale_default ?? 'en',
    time_zone: look.time_zone ?? 'UTC',
    is_listed: look.is_listed ?? true,
  }
}

/** What is wrong, by field, before the server is asked. */
export function checkSite(values: SiteForm, t: (key: string) => string): Errors {
  const found: Errors = {}
  if (!KEY.test(values.key)) found.key = t('helpCentre.keyWrong')
  if (values.host && !HOST.test(values.host.trim())) found.host = t('helpCentre.hostWrong')
  if (!COLOUR.test(values.accent)) found.accent = t('helpCentre.colourWrong')
  if (!COLOUR.test(values.accent_dark)) found.accent_dark = t('helpCentre.colourWrong')
  if (values.has_portal && !values.form_channel_id) found.form_channel_id = t('helpCentre.formNeeded')
  values.links.forEach((one, place) => {
    if (!ADDRESS.test(one.url.trim())) found[`link${String(place)}`] = t('helpCentre.linkWrong')
  })
  return found
}

/** The site as the server takes it; `version` is the one that was read. */
export function siteBody(values: SiteForm, version: number) {
  const { key, host, is_on, has_portal, form_channel_id, links, ...look } = values
  return {
    version,
    key,
    host: host.trim().toLowerCase() || null,
    is_on,
    has_portal,
    form_channel_id: form_channel_id || null,
    look: { ...look, links: links.map((one) => ({ ...one, url: one.url.trim() })) },
  }
}
