import type { KnowledgeCategory } from '@api'
import { describe, expect, it } from 'vitest'
import { inTree, isLocale, languageName, listPath, nameOf, type Filter } from './data'

const category = (id: number, parent: number | null, position: number): KnowledgeCategory =>
  ({ id, parent_id: parent, position, name_en: `C${String(id)}`, name_zh: '' }) as KnowledgeCategory

describe('inTree', () => {
  it('puts each category below the one that holds it, in their order', () => {
    const tree = inTree([category(1, null, 2), category(2, null, 1), category(3, 1, 1), category(4, 1, 0)])
    expect(tree.map((one) => [one.category.id, one.depth])).toEqual([
      [2, 0],
      [1, 0],
      [4, 1],
      [3, 1],
    ])
    expect(tree.map((one) => [one.isFirst, one.isLast])).toEqual([
      [true, false],
      [false, true],
      [true, false],
      [false, true],
    ])
  })

  it('leaves out what hangs nowhere', () => expect(inTree([category(1, 9, 0)])).toEqual([]))
})

describe('listPath', () => {
  const filter: Filter = { text: ' ', which: 'current', kind: '', locale: '', category: null }

  it('says only what was chosen', () => {
    expect(listPath(filter)).toBe('/knowledge/articles?which=current&limit=50')
    const chosen = listPath({ ...filter, text: '退货', kind: 'faq', category: 0, locale: 'en' }, 'abc')
    expect(chosen).toContain('category_id=0')
    expect(chosen).toContain('cursor=abc')
    expect(chosen).toContain('kind=faq')
  })
})

it('names a category in the language that it has', () => {
  expect(nameOf({ ...category(1, null, 0), name_zh: '退货' }, 'zh-CN')).toBe('退货')
  expect(nameOf(category(1, null, 0), 'zh-CN')).toBe('C1')
})

it.each(['en', 'zh-CN', 'pt-BR', 'yue'])('knows %s as a language', (code) =>
  expect(isLocale(code)).toBe(true),
)
it.each(['', 'E', 'english language', 'zh_CN'])('knows %s as none', (code) =>
  expect(isLocale(code)).toBe(false),
)

it('says a language that browsers do not know by its code', () => {
  expect(languageName('not a code', 'en')).toBe('not a code')
})
