import { beforeAll, describe, expect, it } from 'vitest'
import type { EntryDetails, Field } from '@api'
import { i18n, loadWords, setLocale } from '@/i18n'
import { makeEntry } from '@/testing/fixtures'
import { fieldSentence } from './fieldSentence'

const colour = {
  key: 'colour',
  kind: 'choice',
  name_en: 'Colour',
  name_zh: '颜色',
  options: { choices: [{ value: 'red', name_en: 'Red', name_zh: '红色' }] },
} as Field
const fields = {
  field: (key: string) => (key === 'colour' ? colour : undefined),
  fieldName: (key: string) => (key === 'colour' ? '颜色' : key),
  typeName: (id: number | null) => (id === 3 ? '报修' : ''),
}

function say(details: EntryDetails): string {
  const t = (key: string, values?: Record<string, unknown>): string => i18n.global.t(key, values ?? {})
  return fieldSentence(makeEntry({ kind: 'change', details }), '陆青', { t, locale: 'zh-CN', fields })
}

describe('fieldSentence', () => {
  beforeAll(async () => {
    await setLocale('zh-CN')
    await loadWords('fields')
  })

  it.each([
    [{ field: 'fields.colour', to_value: 'red' }, '陆青将颜色设为 红色'],
    [{ field: 'fields.colour', from_value: 'blue', to_value: 'red' }, '陆青将颜色由 blue 改为 红色'],
    [{ field: 'fields.colour', from_value: 'red' }, '陆青清空了颜色（原为 红色）'],
    [{ field: 'fields.gone', to_value: 'x' }, '陆青将gone设为 x'],
    [{ field: 'type', to_value: 3 }, '陆青将类型设为 报修'],
    [{ field: 'type', to_value: 9 }, '陆青将类型设为 #9'],
    [{ field: 'type', from_value: 3 }, '陆青取消了类型'],
    [{ field: 'priority', to_value: 3 }, ''],
  ])('tells of %j', (details, text) => {
    expect(say(details)).toBe(text)
  })

  it('shortens long texts', () => {
    expect(say({ field: 'fields.note', to_value: 'x'.repeat(200) }).length).toBeLessThan(110)
  })
})
