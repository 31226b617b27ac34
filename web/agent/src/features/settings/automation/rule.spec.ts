import type { Rule } from '@api'
import { describe, expect, it } from 'vitest'
import { ACTIONS, check, emptyAction, hasValue, toForm, toSpec } from './rule'

const spec: Rule['spec'] = {
  name_en: 'Remind',
  name_zh: '提醒',
  when: { kind: 'time', since: 'answered', after: '36h' },
  condition: { all: [{ field: 'priority', op: 'is', value: 4 }] },
  hours: 'open',
  stops: true,
  actions: { reply: 'Hello', add_tags: ['reminded'] },
}
const rule = { id: 1, spec } as Rule

describe('the form of a rule', () => {
  it('holds a rule and gives it back as it was', () => {
    const form = toForm(rule)
    expect([form.amount, form.unit, form.kinds]).toEqual([36, 'h', ['add_tags', 'reply']])
    expect(toSpec(form)).toEqual(spec)
  })

  it('leaves out actions that say nothing, and fields that no event needs', () => {
    const form = toForm(null)
    form.kinds = ['note', 'status_id']
    form.actions = { note: 'Look', status_id: undefined }
    form.fields = ['priority']
    expect(toSpec(form).actions).toEqual({ note: 'Look' })
    expect(toSpec(form).when).toEqual({ kind: 'events', events: ['ticket_opened'], fields: [] })
  })

  it('says what is missing', () => {
    const form = toForm(null)
    expect(Object.keys(check({ ...form, events: [] }))).toEqual(['name', 'when', 'actions'])
    form.name_zh = '规则'
    form.kinds = ['mail', 'note']
    form.actions = { note: 'Look', mail: { address: 'a@b.example', subject: '', text: 'T' } }
    expect(check(form)).toEqual({ actions: 'actionEmpty' })
  })

  it('takes a fresh action for empty unless it has a usual value', () => {
    const full = ACTIONS.filter((kind) => hasValue(emptyAction(kind)))
    expect(full).toEqual(['priority', 'snooze_minutes'])
  })
})
