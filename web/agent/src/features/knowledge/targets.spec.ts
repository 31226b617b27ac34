import { afterEach, describe, expect, it, vi } from 'vitest'
import { serve } from '@/testing/server'
import { fetchChoices, free } from './targets'

afterEach(() => vi.unstubAllGlobals())

describe('places for a wording', () => {
  it('are shared replies, not somebody’s own', async () => {
    const items = [
      { id: 1, title: 'Late', scope: 'all' },
      { id: 2, title: 'Mine', scope: 'own' },
      { id: 3, title: 'Team', scope: 'team' },
    ]
    serve({ 'GET /canned-replies': { body: { items } } })
    expect((await fetchChoices('canned_reply', 'en')).map((one) => one.id)).toEqual([1, 3])
  })

  it('are cards that speak the language of the wording', async () => {
    const items = [
      { id: 1, name: 'Batch', words: [{ locale: 'en' }, { locale: 'zh-CN' }] },
      { id: 2, name: 'Region', words: [{ locale: 'zh-CN' }] },
    ]
    serve({ 'GET /guidance-cards': { body: { items } } })
    expect(await fetchChoices('guidance_card', 'en')).toEqual([{ id: 1, title: 'Batch' }])
  })

  it('are offered once: what says the wording already is left out, by kind', () => {
    const target = {
      id: 9,
      locale: 'en',
      target_kind: 'macro',
      target_id: 1,
      title: 'Late',
      is_current: true,
    } as const
    const choices = [
      { id: 1, title: 'Late' },
      { id: 2, title: 'Early' },
    ]
    expect(free(choices, 'macro', [target]).map((one) => one.id)).toEqual([2])
    expect(free(choices, 'canned_reply', [target])).toEqual(choices)
  })
})
