import type { GuidanceCard } from '@api'
import { describe, expect, it } from 'vitest'
import { check, toCard, toForm } from './card'

const NOW = new Date('2026-11-22T09:00:00Z').getTime()
const card = {
  name: 'K × R3',
  condition: { all: [] },
  words: [
    { locale: 'en', title: 'K', text: '', steps: ['One', 'Two'], wording: 'Dear' },
    { locale: 'de', title: 'K-Gerät', text: '', steps: [], wording: '' },
  ],
  from_at: '2026-11-22T09:00:00Z',
  until_at: null,
  places: ['portal'],
  article_id: 7,
} as unknown as GuidanceCard

describe('a guidance card', () => {
  it('goes into its form and back as it was, with languages that have no fields of their own', () => {
    const form = toForm(card, NOW)
    expect(form.words.map((one) => one.locale)).toEqual(['zh-CN', 'en', 'de'])
    const back = toCard(form)
    expect(back.words.map((one) => [one.locale, one.steps])).toEqual([
      ['en', ['One', 'Two']],
      ['de', []],
    ])
    expect([back.places, back.article_id, back.until_at]).toEqual([['portal'], 7, null])
    expect(new Date(back.from_at).getTime()).toBe(NOW)
  })

  it('says what it still needs', () => {
    const form = toForm(null, NOW)
    expect(check(form)).toEqual({ name: 'needsName', words: 'needsWords' })
    const ready = { ...form, name: 'K', words: form.words.map((one) => ({ ...one, title: 'K' })) }
    expect(check(ready)).toEqual({})
    expect(check({ ...ready, places: [], untilAt: '2020-01-01T00:00' })).toEqual({
      places: 'needsPlace',
      untilAt: 'endsBefore',
    })
  })
})
