import type { ProcessRun, Stage } from '@api'
import { mount } from '@vue/test-utils'
import { describe, expect, it } from 'vitest'
import { i18n } from '@/i18n'
import StageForm from './StageForm.vue'

const stage = {
  key: 'plan',
  name_en: 'Plan',
  name_zh: '方案',
  questions: [
    { key: 'plan', name_en: 'Plan', name_zh: '方案', kind: 'long_text' },
    { key: 'cost', name_en: 'Cost', name_zh: '费用', kind: 'number' },
  ],
} as Stage
const run = (answers: Record<string, unknown>): ProcessRun => ({ id: 7, answers }) as unknown as ProcessRun
const shown = (answers: Record<string, unknown>) =>
  mount(StageForm, {
    props: { ticketId: 1, run: run(answers), stage, canWrite: true },
    global: { plugins: [i18n] },
  })

describe('StageForm', () => {
  it('keeps what is typed while the ticket is told of', async () => {
    const form = shown({ plan: 'old' })
    await form.find('textarea').setValue('a new board')
    await form.setProps({ run: run({ plan: 'old' }) })
    expect(form.find('textarea').element.value).toBe('a new board')
    expect(form.find('button').attributes('disabled')).toBeUndefined()
  })

  it('takes what a colleague saved, and keeps what is typed beside it', async () => {
    const form = shown({})
    await form.find('textarea').setValue('a new board')
    await form.setProps({ run: run({ cost: 30 }) })
    expect(form.find('textarea').element.value).toBe('a new board')
    expect(form.find('input').element.value).toBe('30')
  })

  it('is clean once what was typed is saved', async () => {
    const form = shown({})
    await form.find('textarea').setValue('a new board')
    await form.setProps({ run: run({ plan: 'a new board' }) })
    expect(form.find('button').attributes('disabled')).toBeDefined()
  })

  it('begins anew with another stage', async () => {
    const form = shown({})
    await form.find('textarea').setValue('a new board')
    await form.setProps({ stage: { ...stage, key: 'after' }, run: run({}) })
    expect(form.find('textarea').element.value).toBe('')
  })
})
