import type { NoticeRow } from '@api'
import { describe, expect, it } from 'vitest'
import { inOwn, newQuestion, stateOf, toHtml, toText } from './data'

const row = (more: Partial<NoticeRow>): NoticeRow => ({ standing: 'current', ...more }) as NoticeRow

describe('words of notices', () => {
  it('are in the own language, else in the other', () => {
    expect(inOwn('zh-CN', { title_en: 'Returns', title_zh: '退货' }, 'title')).toBe('退货')
    expect(inOwn('zh-CN', { title_en: 'Returns', title_zh: '' }, 'title')).toBe('Returns')
    expect(inOwn('en', { title_zh: '退货' }, 'title')).toBe('退货')
  })

  it('go from lines to paragraphs and back, with nothing that could be a mark', () => {
    expect(toHtml('One <b>\n\nTwo & three')).toBe('<p>One &lt;b&gt;</p><p>Two &amp; three</p>')
    expect(toText(toHtml('One <b>\nTwo'))).toBe('One <b>\nTwo')
    expect(toText('<ul><li>a</li><li><p>b</p></li></ul>')).toBe('a\nb')
    expect(toText('')).toBe('')
  })
})

describe('state of a notice', () => {
  it('says where it stands, and how far its reader is', () => {
    expect(stateOf(row({ standing: 'draft' })).key).toBe('draft')
    expect(stateOf(row({ own: null })).key).toBe('current')
    expect(stateOf(row({ own: { progress: 'settled', tries: 0 } as NoticeRow['own'] })).tone).toBe('good')
    expect(stateOf(row({ own: { progress: 'unread', tries: 0 } as NoticeRow['own'] })).tone).toBe('warn')
    expect(
      stateOf(row({ blocks_online: true, own: { progress: 'unread', tries: 0 } as NoticeRow['own'] })).tone,
    ).toBe('bad')
  })

  it('begins a question with one right option', () => {
    expect(newQuestion().options.map((one) => one.is_right)).toEqual([true, false])
  })
})
