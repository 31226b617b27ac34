import { mount } from '@vue/test-utils'
import { describe, expect, it } from 'vitest'
import { createI18n } from 'vue-i18n'
import words from '../agent/src/locales/en/conditions.json'
import ConditionBuilder from './ConditionBuilder.vue'
import type { Condition } from './conditions'
import type { ConditionField, ConditionProblem } from './conditionTree'

const fields: ConditionField[] = [
  { key: 'subject', name: 'Subject', kind: 'text' },
  { key: 'priority', name: 'Priority', kind: 'number', options: [{ value: 4, label: 'Urgent' }] },
  { key: 'fields.price', name: 'Price', kind: 'number', scale: 100 },
  { key: 'fields.old', name: 'Old one', kind: 'text', isArchived: true },
  { key: 'created', name: 'Created', kind: 'time' },
]

function build(condition: Condition, problems: ConditionProblem[] = []) {
  const i18n = createI18n({ legacy: false, locale: 'en', messages: { en: { conditions: words } } })
  return mount(ConditionBuilder, {
    props: { condition, fields, label: 'When', problems },
    global: { plugins: [i18n] },
  })
}

const last = (found: ReturnType<typeof build>): unknown[] | undefined => found.emitted('update')?.at(-1)

describe('ConditionBuilder', () => {
  it('enters money in its unit and keeps its smallest part', async () => {
    const found = build({ all: [{ field: 'fields.price', op: 'more', value: 1_990 }] })
    const input = found.get<HTMLInputElement>('input[type=number]')
    expect(input.element.value).toBe('19.9')
    await input.setValue('25.5')
    await input.trigger('change')
    expect(last(found)).toEqual([{ all: [{ field: 'fields.price', op: 'more', value: 2_550 }] }, true])
  })

  it('offers the choices of a number by name', async () => {
    const found = build({ all: [{ field: 'priority', op: 'is', value: null }] })
    await found.findAll('select').at(-1)?.setValue('0')
    expect(last(found)).toEqual([{ all: [{ field: 'priority', op: 'is', value: 4 }] }, true])
  })

  it('offers no archived field, but shows the one that a condition names, with what is wrong', () => {
    const text = 'This field is archived.'
    const found = build({ all: [{ field: 'fields.old', op: 'is', value: 'x' }] }, [
      { field: 'fields.old', text },
    ])
    const options = found.get('select.field').findAll('option')
    expect(options.map((one) => one.text())).toContain('Old one')
    expect(found.text()).toContain(text)
    const other = build({ all: [{ field: 'subject', op: 'is', value: 'x' }] })
    expect(other.get('select.field').text()).not.toContain('Old one')
  })

  it('says of a field that is gone that it is, and is not complete', async () => {
    const found = build({
      any: [
        { field: 'gone', op: 'is', value: 1 },
        { field: 'subject', op: 'is', value: '' },
      ],
    })
    expect(found.text()).toContain('archived or gone')
    await found.get('input[type=text]').setValue('pump')
    expect(last(found)?.[1]).toBe(false)
  })

  it('enters a moment in the reader’s time and keeps it in UTC', async () => {
    const found = build({ all: [{ field: 'created', op: 'before', value: '2026-11-22T08:00:00.000Z' }] })
    const input = found.get<HTMLInputElement>('input[type=datetime-local]')
    expect(new Date(input.element.value).toISOString()).toBe('2026-11-22T08:00:00.000Z')
    await input.setValue('2026-11-23T10:30')
    await input.trigger('change')
    const [condition] = last(found) as [{ all: { value: string }[] }]
    expect(condition.all[0]?.value).toBe(new Date('2026-11-23T10:30').toISOString())
  })
})
