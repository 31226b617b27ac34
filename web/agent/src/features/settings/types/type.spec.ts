import { describe, expect, it } from 'vitest'
import type { Field, TicketType } from '@api'
import { checkType, conditionFields, hasEffect, newRule, placed, toRules, toTypeForm } from './type'

const repair: TicketType = {
  id: 1,
  name_en: 'Repair',
  name_zh: '报修',
  form: [{ key: 'product', required_on: 'save' }, { key: 'fault' }],
  rules: [{ when: { field: 'fields.product', op: 'is', value: 'dryer' }, limit: { fault: ['fire'] } }],
  position: 10,
  needs_closing: false,
  is_archived: false,
}
const say = (key: string): string => key.split('.').at(-1) ?? ''
const lists = { statuses: [], teams: [{ id: 4, name: 'Repairs' }], brands: [] }

describe('type', () => {
  it('fills in what the server leaves out, and gives the same back', () => {
    const form = toTypeForm(repair)
    expect(form.form[1]).toEqual({ key: 'fault', required_on: 'never' })
    expect(toRules(form)).toEqual([
      { when: repair.rules[0]?.when, show: [], hide: [], require: {}, limit: { fault: ['fire'] } },
    ])
  })

  it('drops effects on fields that have left the form', () => {
    const form = toTypeForm(repair)
    form.form.pop()
    expect(toRules(form)[0]?.limit).toEqual({})
  })

  it('asks for names, whole conditions and an effect', () => {
    expect(Object.keys(checkType(toTypeForm(null), say))).toEqual(['name_zh', 'name_en'])
    const form = { ...toTypeForm(repair), rules: [newRule(), { ...newRule(), isComplete: false }] }
    expect(checkType(form, say)).toEqual({ rule0: 'ruleWithoutEffect', rule1: 'ruleIncomplete' })
    expect(hasEffect({ ...newRule(), hide: ['fault'] })).toBe(true)
  })

  it('offers fields that are in use and the facts of a ticket', () => {
    const fault = {
      key: 'fault',
      name_zh: '故障',
      name_en: 'Fault',
      kind: 'choice',
      options: { choices: [{ value: 'fire', name_en: 'Fire', name_zh: '起火' }] },
    }
    const old = { key: 'old', name_zh: '旧', name_en: 'Old', kind: 'text', options: {}, is_archived: true }
    const offered = conditionFields([fault, old] as Field[], lists, 'zh-CN', say)
    expect(offered[0]).toMatchObject({
      key: 'fields.fault',
      kind: 'choice',
      name: '故障',
      options: [{ value: 'fire', label: '起火' }],
    })
    expect(offered.map((one) => one.key)).not.toContain('fields.old')
    expect(offered.find((one) => one.key === 'team')?.options).toEqual([{ value: 4, label: 'Repairs' }])
  })

  it('moves one of a list', () => {
    expect(placed(['a', 'b', 'c'], 2, 0)).toEqual(['c', 'a', 'b'])
  })
})
