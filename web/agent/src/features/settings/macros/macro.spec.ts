import type { Macro } from '@api'
import { beforeEach, expect, it } from 'vitest'
import { signIn } from '@/testing/mount'
import { actionsOf, doesNothing, fieldsOf } from './macro'

const macro: Macro = {
  id: 1,
  title: 'Refund',
  problems: [],
  text: 'Dear {{customer.name}}',
  note: '',
  scope: 'team',
  team_id: 2,
  uses: 3,
  actions: {
    status_id: 4,
    priority: 3,
    assignee: 'me',
    add_tags: ['refund', '退款'],
    snooze_minutes: 60,
    type_id: 9,
    fields: { product: 'washer' },
  },
}

beforeEach(() => signIn())

it('gives back what it was made from', () => {
  expect(actionsOf(fieldsOf(macro, 1))).toEqual(macro.actions)
})

it('reads tags with signs of both languages, each once', () => {
  const values = { ...fieldsOf(null, 1), addTags: 'vip， 退款；vip,', assignee: '12' }
  expect(actionsOf(values)).toEqual({ add_tags: ['vip', '退款'], assignee: 12 })
})

it('knows a macro that does nothing', () => {
  expect(doesNothing(fieldsOf(null, 1))).toBe(true)
  expect(doesNothing({ ...fieldsOf(null, 1), note: 'x' })).toBe(false)
  expect(fieldsOf(null, 1).scope).toBe('own')
})
