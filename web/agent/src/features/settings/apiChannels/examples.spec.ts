import { describe, expect, it } from 'vitest'
import { fetchExample, receiptExample, sendExample } from './examples'

describe('examples', () => {
  it('carry what the API wants: a key, an idempotency key, JSON', () => {
    const text = sendExample('https://desk.example', 7)
    expect(text).toContain('https://desk.example/api/v1/channels/7/messages')
    expect(text).toContain('Idempotency-Key')
    const body = /-d '(.*)'$/.exec(text)?.[1] ?? ''
    expect(JSON.parse(body)).toMatchObject({ customer: { external_id: 'user-42' } })
  })

  it('never hold a real key', () => {
    for (const text of [sendExample('', 1), receiptExample(''), fetchExample('', 1)])
      expect(text).toContain("'Authorization: Bearer omb_…'")
  })
})
