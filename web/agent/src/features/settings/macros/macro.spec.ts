import type { Macro } from '@api'
import { expect, it } from 'vitest'
import { actionsOf, doesNothing, fieldsOf } from './macro'

const macro: Macro = {
  id: 1,
  title: 'Refund',
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

it('gives back what it was made from', () => {
  expect(actionsOf(fieldsOf(macro, true, 1), macro.actions)).toEqual(macro.actions)
})

it('reads tags with signs of both languages, each once', () => {
  const values = { ...fieldsOf(null, true, 1), addTags: 'vip， 退款；vip,', assignee: '12' }
  expect(actionsOf(values)).toEqual({ add_tags: ['vip', '退款'], assignee: 12 })
})

it('knows a macro that does nothing', () => {
  expect(doesNothing(fieldsOf(null, false, 1))).toBe(true)
  expect(doesNothing({ ...fieldsOf(null, false, 1), note: 'x' })).toBe(false)
  expect(fieldsOf(null, false, 1).scope).toBe('own')
})
