import type { ArticleRow, Script, ScriptWording } from '@api'
import { beforeAll, describe, expect, it } from 'vitest'
import { loadWords, setLocale } from '@/i18n'
import { articleOptions, scriptOptions, wordingOf } from './knowledgeOptions'

const wording = (listener: ScriptWording['listener'], text: string, locale = 'en'): ScriptWording => ({
  variant_id: 1,
  listener,
  channel: null,
  locale,
  text,
  missing: [],
})
const script = (id: number, ...wordings: ScriptWording[]): Script => ({
  article_id: id,
  version_id: 1,
  title: `Script ${String(id)}`,
  summary: '',
  because: null,
  wordings: wordings.length ? wordings : [wording('anyone', 'It will come.')],
})
const calming = script(
  5,
  wording('angry', 'I am truly\nsorry.'),
  wording('anyone', 'Soon.'),
  wording('vip', '很快', 'zh-CN'),
)

beforeAll(async () => {
  await setLocale('en')
  await loadWords('tickets', 'guidance')
})

describe('scripts in the picker', () => {
  it('stand with the wording for this customer first, and say for whom it is', () => {
    const [first] = scriptOptions([calming])
    expect(first).toMatchObject({
      key: 'script:5:0',
      label: 'Script 5',
      below: 'I am truly sorry.',
      hint: 'Angry',
    })
  })

  it('show the other wordings of the same language where few are found', () => {
    expect(scriptOptions([calming]).map((one) => one.key)).toEqual(['script:5:0', 'script:5:1'])
    const many = [calming, script(6), script(7)]
    expect(scriptOptions(many).map((one) => one.key)).toEqual(['script:5:0', 'script:6:0', 'script:7:0'])
  })

  it('are six at most, so that articles stay in sight', () => {
    expect(scriptOptions(Array.from({ length: 30 }, (_, at) => script(at + 1)))).toHaveLength(6)
  })

  it('give back the wording that was picked, and nothing for an article', () => {
    expect(wordingOf('script:5:1', [calming])?.wording.text).toBe('Soon.')
    expect(wordingOf('5', [calming])).toBeNull()
    expect(wordingOf('script:9:0', [calming])).toBeNull()
    expect(wordingOf('script:5:9', [calming])).toBeNull()
  })
})

describe('articles in the picker', () => {
  it('stand by kind and are called as the customer’s language calls them', () => {
    const rows = [
      { id: 1, kind: 'faq', title: '退货', summary: '', languages: [{ locale: 'en', title: 'Returns' }] },
      { id: 2, kind: 'article', title: 'Delivery', summary: 'When it comes', languages: [] },
    ] as unknown as ArticleRow[]
    const found = articleOptions(rows, 'en')
    expect(found.map((one) => [one.key, one.label])).toEqual([
      ['2', 'Delivery'],
      ['1', 'Returns'],
    ])
  })
})
