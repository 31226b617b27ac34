import type { PersonalSpan, RiskAlert } from '@api'
import { describe, expect, it } from 'vitest'
import { charactersOf, cutText, markHtml, unitsOf } from './marks'

const phone = (start: number, end: number): PersonalSpan => ({ kind: 'phone', start, end })
const risk = (starts: number, ends: number): RiskAlert => ({
  id: 1,
  ticket_id: 1,
  entry_id: 1,
  kind: 'legal',
  starts,
  ends,
  words: '',
  at: '2026-11-22T08:00:00Z',
  state: 'open',
  decided_by: null,
  decided_at: null,
  earlier_ids: [],
})

describe('cutText', () => {
  it('cuts a text at its marks and leaves addresses as links', () => {
    expect(cutText('call 138 or http://a.cn', [phone(5, 8)], [])).toEqual([
      { text: 'call ' },
      { text: '138', personal: 'phone' },
      { text: ' or ' },
      { text: 'http://a.cn', href: 'http://a.cn' },
    ])
  })

  it('counts an emoji as one character, as the server does', () => {
    expect(cutText('😀 138', [phone(2, 5)], [])).toEqual([
      { text: '😀 ' },
      { text: '138', personal: 'phone' },
    ])
    expect(unitsOf('😀a', 1)).toBe(2)
    expect(charactersOf('😀a', 2)).toBe(1)
  })

  it('shows where a risk and personal data overlap', () => {
    expect(cutText('sue 138', [phone(4, 7)], [risk(0, 6)])).toEqual([
      { text: 'sue ', risk: 'legal' },
      { text: '13', personal: 'phone', risk: 'legal' },
      { text: '8', personal: 'phone' },
    ])
  })

  it('leaves out marks beyond the text', () => {
    expect(cutText('ab', [phone(1, 9)], [])).toEqual([{ text: 'ab' }])
  })
})

describe('markHtml', () => {
  it('marks the words in the text and never in a tag or a style', () => {
    const html = '<style>p{x:138}</style><p title="138">call 138, then 138</p>'
    expect(markHtml(html, [{ text: '138', mark: 'personal', title: 'Phone' }])).toBe(
      '<style>p{x:138}</style><p title="138">call <mark class="personal" title="Phone">138</mark>, then <mark class="personal" title="Phone">138</mark></p>',
    )
  })

  it('leaves a text without such words as it is', () => {
    expect(markHtml('<p>a</p>', [])).toBe('<p>a</p>')
    expect(markHtml('<p>a<b>b</b></p>', [{ text: 'ab', mark: 'risk', title: '' }])).toBe('<p>a<b>b</b></p>')
  })
})
