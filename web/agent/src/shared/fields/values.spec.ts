import { describe, expect, it } from 'vitest'
import type { Field } from '@api'
import { choiceTree, moneyText, openChoices, parseMoney, valueText } from './values'

const choice = (value: string, zh: string, is_archived = false) => ({
  value,
  name_en: value,
  name_zh: zh,
  is_archived,
})
const field = (kind: Field['kind'], options: Field['options'] = {}): Field => ({
  id: 1,
  subject: 'ticket',
  key: 'one',
  name_en: 'One',
  name_zh: '一',
  kind,
  options,
  position: 1,
  is_archived: false,
})
const product = field('tree', {
  choices: [choice('washer', '洗衣机'), choice('washer/drum', '滚筒'), choice('dryer', '烘干机', true)],
})
const words = { t: (key: string) => key, locale: 'zh-CN' }

describe('values', () => {
  it.each([
    [product, 'washer/drum', '洗衣机 › 滚筒'],
    [product, 'washer/gone', '洗衣机 › gone'],
    [field('multi_choice', { choices: [choice('a', '甲'), choice('b', '乙')] }), ['a', 'b'], '甲、乙'],
    [field('yes_no'), false, 'fields.no'],
    [field('number'), 1234.5, '1,234.5'],
    [field('date'), '2026-11-22', '2026年11月22日'],
    [field('money'), { amount_cents: 129_00, currency: 'CNY' }, '¥129.00'],
    [field('text'), '', ''],
    [field('file'), 7, 'fields.file'],
    [undefined, { odd: 1 }, '{"odd":1}'],
  ] as const)('reads %# as a person does', (one, value, text) => {
    expect(valueText(one, value, words)).toBe(text)
  })

  it('names customers and files that are known', () => {
    const file = { id: 7, name: 'leak.png', type: 'image/png', size: 1, url: '/x' }
    expect(valueText(field('file'), 7, { ...words, file: () => file })).toBe('leak.png')
    expect(valueText(field('customer'), 7, { ...words, customerName: () => 'Rosa' })).toBe('Rosa')
  })

  it('keeps amounts in the smallest unit of their currency', () => {
    expect(parseMoney('1,290.5', 'CNY')).toBe(129_050)
    expect(parseMoney('1290', 'JPY')).toBe(1290)
    expect(parseMoney('12.1.1', 'CNY')).toBeUndefined()
    expect(moneyText(1290, 'JPY', 'en')).toBe('¥1,290')
  })

  it('offers what is in use and allowed, and the present choice', () => {
    expect(openChoices(product, null, null).map((one) => one.value)).toEqual(['washer', 'washer/drum'])
    expect(openChoices(product, ['washer/drum'], 'dryer').map((one) => one.value)).toEqual([
      'washer/drum',
      'dryer',
    ])
  })

  it('keeps branches as the way to what is allowed', () => {
    const tree = choiceTree(product, openChoices(product, ['washer/drum'], null), 'zh-CN')
    expect(tree).toEqual([
      { value: 'washer', label: '洗衣机', children: [{ value: 'washer/drum', label: '滚筒' }] },
    ])
  })
})
