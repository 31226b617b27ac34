import type { KnowledgeFinding } from '@api'
import { describe, expect, it } from 'vitest'
import { byChange, placePath } from './places'

const finding = (id: number, change: Partial<KnowledgeFinding>): KnowledgeFinding => ({
  id,
  kind: 'quote',
  article_id: null,
  title: '',
  locale: 'en',
  source: '',
  found_kind: 'macro',
  found_id: 1,
  found_title: 'Return',
  found_locale: 'en',
  how: 'sentence',
  passage: '7 days',
  found_passage: '7 days',
  at: '2026-11-23T08:00:00Z',
  settled_at: null,
  settled_by_name: null,
  verdict: null,
  found_script_id: null,
  ...change,
})

describe('places that quote', () => {
  it.each([
    ['article', '/knowledge/5'],
    ['block', '/knowledge/frame?part=blocks&open=5'],
    ['canned_reply', '/settings/canned-replies?open=5'],
    ['guidance_card', '/settings/guidance/5'],
    ['notice', '/notices/5'],
  ] as const)('are mended where a %s is written', (kind, path) => {
    expect(placePath(kind, 5)).toBe(path)
  })

  it('lead a wording to its script, in its language, and nowhere without one', () => {
    expect(placePath('script_variant', 5, 9, 'en')).toBe('/knowledge/9?part=wordings&in=en')
    expect(placePath('script_variant', 5, null)).toBeNull()
  })

  it('stand by what changed, an article or a block, in the order of what is newest', () => {
    const found = byChange([
      finding(4, { article_id: 7, title: 'Returns' }),
      finding(3, { source: 'block:fee' }),
      finding(2, { article_id: 7, title: 'Returns' }),
    ])
    expect(found.map((one) => [one.title, one.path, one.items.map((each) => each.id)])).toEqual([
      ['Returns', '/knowledge/7', [4, 2]],
      ['block:fee', null, [3]],
    ])
  })
})
