import { describe, expect, it } from 'vitest'
import type { Channel } from '../types'
import { checkMailbox, mailboxBody, mailboxForm, type MailboxForm, type MailboxSettings } from './mailbox'

const t = (key: string): string => key
const server = (host: string, port: number) => ({
  host,
  port,
  security: 'tls' as const,
  username: 'service@shop.example',
})

function filled(change: Partial<MailboxForm> = {}): MailboxForm {
  return {
    ...mailboxForm(null, 1, 2),
    name: 'Service',
    address: 'service@shop.example',
    imap: server('imap.shop.example', 993),
    smtp: server('smtp.shop.example', 465),
    imap_password: 'secret',
    ...change,
  }
}

describe('checkMailbox', () => {
  it('is content with a filled form', () => expect(checkMailbox(filled(), false, t)).toEqual({}))

  it('names every field that is missing', () => {
    expect(Object.keys(checkMailbox(mailboxForm(null, 1, 2), false, t)).sort()).toEqual(
      ['address', 'imap_host', 'imap_user', 'name'].sort(),
    )
  })

  it.each(['service', 'service@', '@shop.example', 'a b@shop.example', 'service@shop'])(
    'refuses %j as an address',
    (address) => expect(checkMailbox(filled({ address }), false, t)).toHaveProperty('address'),
  )

  it.each(['imap.shop.example:993', 'https://imap', 'imap shop', '-imap'])('refuses %j as a host', (host) =>
    expect(checkMailbox(filled({ imap: server(host, 993) }), false, t)).toHaveProperty('imap_host'),
  )

  it('asks for a password only if the server keeps none', () => {
    const form = filled({ imap_password: '' })
    expect(checkMailbox(form, false, t)).toHaveProperty('imap_password')
    expect(checkMailbox(form, true, t)).toEqual({})
  })

  it('allows a mailbox that only sends, or only receives', () => {
    expect(checkMailbox(filled({ imap: server('', 993), imap_password: '' }), false, t)).toEqual({})
    expect(checkMailbox(filled({ smtp: server('', 465) }), false, t)).toEqual({})
  })

  it('refuses an acknowledgement that nobody can fill in', () => {
    const acknowledgement = { is_on: true, text: { 'zh-CN': '{{agent.name}}', en: '' } }
    expect(checkMailbox(filled({ acknowledgement }), false, t)).toHaveProperty('ack_zh')
  })

  it('wants one way at least by which an answer finds its ticket', () => {
    const threading = { references: false, plus_address: false, subject_token: false }
    expect(checkMailbox(filled({ threading }), false, t)).toHaveProperty('threading')
  })
})

describe('mailboxBody', () => {
  it('uses one login for both directions where it is the same', () => {
    const { settings, secrets } = mailboxBody(
      filled({ smtp: { ...server('smtp.shop.example', 465), username: 'old' } }),
    )
    expect(settings.smtp.username).toBe('service@shop.example')
    expect(secrets).toEqual({ imap_password: 'secret', smtp_password: 'secret' })
  })

  it('sends no password that was not typed', () => {
    expect(mailboxBody(filled({ imap_password: '' })).secrets).toEqual({})
  })

  it('keeps the two logins apart where they differ', () => {
    const form = filled({
      same_login: false,
      smtp_password: 'other',
      smtp: { ...server('smtp', 465), username: 'out' },
    })
    expect(mailboxBody(form).settings.smtp.username).toBe('out')
    expect(mailboxBody(form).secrets.smtp_password).toBe('other')
  })

  it('sends nothing that the server does not know', () => {
    expect(Object.keys(mailboxBody(filled()).settings).sort()).toEqual([
      'acknowledgement',
      'address',
      'authserv_id',
      'automatic_answers_per_day',
      'folder',
      'imap',
      'poll_seconds',
      'sender_name',
      'signature',
      'smtp',
      'threading',
    ])
  })
})

describe('mailboxForm', () => {
  it('shows what was saved again, and no password', () => {
    const settings = mailboxBody(filled()).settings
    const channel = { ...filled(), id: 1, settings, secrets_set: [] } as unknown as Channel<
      Partial<MailboxSettings>
    >
    const form = mailboxForm(channel, 9, 9)
    expect(mailboxBody(form).settings).toEqual(settings)
    expect(form.imap_password).toBe('')
    expect(form.brand_id).toBe(1)
  })
})
