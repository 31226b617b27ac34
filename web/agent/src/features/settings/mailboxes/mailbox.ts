import type { Errors } from '@/shared/form'
import type { Id } from '@api'
import { baseOf, checkBase, type ChannelBase } from '../channel/useChannelForm'
import type { Channel } from '../types'
import { checkAcknowledgement, noAcknowledgement, type Acknowledgement } from './acknowledgement'
import type { Server } from './presets'

/** How a mail finds its ticket again, tried in this order. */
export const threadingWays = ['references', 'plus_address', 'subject_token'] as const
export type ThreadingWay = (typeof threadingWays)[number]

export interface MailboxSettings {
  address: string
  sender_name: string
  imap: Login
  smtp: Login
  signature: string
  folder: string
  poll_seconds: number
  threading: Record<ThreadingWay, boolean>
  /** The server whose Authentication-Results are believed. */
  authserv_id: string
  automatic_answers_per_day: number
  acknowledgement: Acknowledgement
}

/** A server and who signs in there; without a host this direction is not used. */
export interface Login extends Server {
  username: string
}

export interface MailboxForm extends ChannelBase, MailboxSettings {
  imap_password: string
  smtp_password: string
  /** Sending signs in as receiving does. */
  same_login: boolean
}

const nothing: MailboxSettings = {
  address: '',
  sender_name: '',
  imap: { host: '', port: 993, security: 'tls', username: '' },
  smtp: { host: '', port: 465, security: 'tls', username: '' },
  signature: '',
  folder: 'INBOX',
  poll_seconds: 60,
  threading: { references: true, plus_address: false, subject_token: true },
  authserv_id: '',
  automatic_answers_per_day: 3,
  acknowledgement: noAcknowledgement,
}

export function mailboxForm(
  channel: Channel<Partial<MailboxSettings>> | null,
  brandId: Id,
  teamId: Id,
): MailboxForm {
  const given = channel?.settings ?? {}
  const imap = { ...nothing.imap, ...given.imap }
  const smtp = { ...nothing.smtp, ...given.smtp }
  return {
    ...baseOf(channel as Channel | null, brandId, teamId),
    ...nothing,
    ...given,
    imap,
    smtp,
    threading: { ...nothing.threading, ...given.threading },
    acknowledgement: { ...noAcknowledgement, ...given.acknowledgement },
    imap_password: '',
    smtp_password: '',
    same_login: channel === null || smtp.username === imap.username,
  }
}

const ADDRESS = /^[^@\s<>",;]+@[^@\s<>",;]+\.[^@\s<>",;]+$/
const HOST = /^(?=.{1,253}$)[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/i

function checkServer(kind: 'imap' | 'smtp', server: Server, t: (key: string) => string): Errors {
  const found: Errors = {}
  if (!HOST.test(server.host.trim())) found[`${kind}_host`] = t('settings.mailbox.hostWrong')
  if (server.port < 1 || server.port > 65_535) found[`${kind}_port`] = t('settings.mailbox.portWrong')
  return found
}

function checkLogins(values: MailboxForm, hasPassword: boolean, t: (key: string) => string): Errors {
  const { imap, smtp } = values
  const found: Errors = {}
  const uses = { imap: imap.host.trim() !== '', smtp: smtp.host.trim() !== '' }
  if (!uses.imap && !uses.smtp) found.imap_host = t('settings.mailbox.hostMissing')
  if (uses.imap) Object.assign(found, checkServer('imap', imap, t))
  if (uses.smtp) Object.assign(found, checkServer('smtp', smtp, t))
  if ((uses.imap || values.same_login) && !imap.username.trim())
    found.imap_user = t('settings.mailbox.userMissing')
  if (uses.imap && !values.imap_password && !hasPassword)
    found.imap_password = t('settings.mailbox.passwordMissing')
  // an SMTP server that knows us by our address wants no name
  if (!values.same_login && values.smtp_password && !smtp.username.trim())
    found.smtp_user = t('settings.mailbox.userMissing')
  return found
}

/** What is wrong with the form, in words that say what to do. `hasPassword`: the server keeps one already. */
export function checkMailbox(
  values: MailboxForm,
  hasPassword: boolean,
  t: (key: string, values?: Record<string, string>) => string,
): Errors {
  const found: Errors = { ...checkBase(values, t), ...checkLogins(values, hasPassword, t) }
  if (!ADDRESS.test(values.address.trim())) found.address = t('settings.mailbox.addressWrong')
  Object.assign(found, checkAcknowledgement(values.acknowledgement, t))
  if (!Object.values(values.threading).some(Boolean)) found.threading = t('settings.mailbox.threadingMissing')
  return found
}

const clean = (login: Login): Login => ({
  host: login.host.trim().toLowerCase(),
  port: login.port,
  security: login.security,
  username: login.username.trim(),
})

/** What is sent of it: passwords only if typed anew. */
export function mailboxBody(values: MailboxForm): {
  settings: MailboxSettings
  secrets: Record<string, string>
} {
  const secrets: Record<string, string> = {}
  if (values.imap_password) secrets.imap_password = values.imap_password
  const smtpPassword = values.same_login ? values.imap_password : values.smtp_password
  if (smtpPassword) secrets.smtp_password = smtpPassword
  const { signature, threading, poll_seconds, automatic_answers_per_day, acknowledgement } = values
  return {
    settings: {
      address: values.address.trim(),
      sender_name: values.sender_name.trim(),
      imap: clean(values.imap),
      smtp: clean(values.same_login ? { ...values.smtp, username: values.imap.username } : values.smtp),
      signature,
      folder: values.folder.trim() || 'INBOX',
      poll_seconds,
      threading,
      authserv_id: values.authserv_id.trim(),
      automatic_answers_per_day,
      acknowledgement,
    },
    secrets,
  }
}
