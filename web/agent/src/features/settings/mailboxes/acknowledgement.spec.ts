import { describe, expect, it } from 'vitest'
import { ackPlaceholders, checkAcknowledgement, noAcknowledgement, shippedTexts } from './acknowledgement'

const t = (key: string, values?: Record<string, string>): string => `${key} ${values?.names ?? ''}`.trim()
const check = (en: string) => checkAcknowledgement({ is_on: true, text: { 'zh-CN': '', en } }, t)

describe('checkAcknowledgement', () => {
  it('is content with nothing, and with what ships', () => {
    expect(checkAcknowledgement(noAcknowledgement, t)).toEqual({})
    expect(checkAcknowledgement({ is_on: true, text: shippedTexts }, t)).toEqual({})
  })

  it('ships texts with placeholders that are filled in', () => {
    expect(shippedTexts.en).toContain('Hello {{customer.name}}')
    expect(shippedTexts['zh-CN']).toContain('{{ticket.id}}')
  })

  it.each(ackPlaceholders)('knows %s', (name) => expect(check(`Hello {{ ${name} }}`)).toEqual({}))

  it.each(['agent.name', 'name', ''])('refuses {{%s}}, which nobody fills in', (name) =>
    expect(check(`Hello {{${name}}}`)).toEqual({ ack_en: `settings.mailbox.ackUnknown {{${name}}}` }),
  )

  it('refuses a placeholder that was not closed', () =>
    expect(check('Hello {{ticket.id}')).toEqual({ ack_en: 'settings.mailbox.ackOpen' }))

  it('names the language that is wrong', () => {
    const text = { 'zh-CN': '{{agent.name}}', en: 'fine' }
    expect(Object.keys(checkAcknowledgement({ is_on: true, text }, t))).toEqual(['ack_zh'])
  })
})
