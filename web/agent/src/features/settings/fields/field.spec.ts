import { describe, expect, it } from 'vitest'
import type { Field, TicketType } from '@api'
import { checkField, fitsPattern, keyOf, reordered, toForm, toOptions, usesOf } from './field'

const paid: Field = {
  id: 1,
  subject: 'ticket',
  key: 'paid',
  name_en: 'Paid',
  name_zh: '已付',
  kind: 'money',
  options: { minimum: 100, maximum: 1_000_000, currency: 'CNY' },
  position: 10,
  is_archived: false,
}
const say = (key: string): string => key.replace('settings.field.', '')
const nothing = new Set<string>()

describe('field', () => {
  it('shows bounds of money in whole units and keeps them in the smallest', () => {
    const form = toForm(paid)
    expect([form.minimum, form.maximum]).toEqual(['1', '10000'])
    expect(toOptions({ ...form, minimum: '0.5' }, nothing)).toMatchObject({ minimum: 50, maximum: 1_000_000 })
  })

  it('leaves out what another kind had', () => {
    const form = { ...toForm(paid), kind: 'text' as const, max_length: '20', pattern: 'LJ-\\d+' }
    expect(toOptions(form, nothing)).toEqual({ hint_en: '', hint_zh: '', max_length: 20, pattern: 'LJ-\\d+' })
  })

  it('makes a key out of the English name', () => {
    expect(keyOf('2nd Serial no. (inside)')).toBe('nd_serial_no_inside')
  })

  it('says what is missing', () => {
    expect(Object.keys(checkField(toForm(null), true, say))).toEqual(['name_zh', 'name_en', 'key'])
    expect(checkField({ ...toForm(paid), kind: 'choice' }, false, say)).toEqual({ choices: 'noChoices' })
    expect(checkField({ ...toForm(paid), minimum: 'ten', pattern: '(' }, false, say)).toEqual({
      minimum: 'notANumber',
      pattern: 'patternBad',
    })
  })

  it('tries a pattern on all of a text', () => {
    expect([fitsPattern('LJ-\\d+', 'LJ-12'), fitsPattern('LJ-\\d+', 'xLJ-12'), fitsPattern('(', '')]).toEqual(
      [true, false, false],
    )
  })

  it('finds what uses a field', () => {
    const rules = [{ when: { field: 'fields.paid', op: 'is_set' }, show: ['why'] }]
    const refund = {
      id: 1,
      name_en: 'Refund',
      name_zh: '退款',
      form: [{ key: 'why' }],
      rules,
    } as unknown as TicketType
    const view = { name: 'Dear ones', condition: { field: 'fields.paid', op: 'more', value: 1 } }
    expect(usesOf('paid', [refund], [view], 'zh-CN')).toEqual({
      types: [],
      rules: ['退款'],
      views: ['Dear ones'],
    })
    expect(usesOf('why', [refund], [view], 'en')).toEqual({ types: ['Refund'], rules: ['Refund'], views: [] })
    expect(usesOf('why', [{ ...refund, is_archived: true }], [], 'en').types).toEqual([])
  })

  it('gives new positions to those that moved only', () => {
    const row = [1, 2, 3].map((id) => ({ id, position: id * 10 }))
    expect(reordered(row, 2, 1).map((one) => [one.id, one.position])).toEqual([
      [3, 20],
      [2, 30],
    ])
    expect(reordered(row, 0, -1)).toEqual([])
  })
})
