import type { ServicePolicy } from '@api'
import { describe, expect, it } from 'vitest'
import { check, newStep, toForm, toSpec } from './policy'

const t = (key: string): string => key
const policy = {
  id: 1,
  is_archived: false,
  spec: {
    name_en: 'VIP',
    name_zh: '贵宾',
    calendar_id: 3,
    condition: { all: [{ field: 'tier', op: 'is', value: 'gold' }] },
    targets: [
      {
        metric: 'resolution',
        span: { amount: 3, unit: 'working_days' },
        priorities: [4],
        tiers: [],
        channels: [],
        rests_in: ['waiting'],
      },
    ],
    steps: [
      { percent: 80, minutes: 0, tell: ['holder'] },
      { percent: null, minutes: -30, tell: ['team'] },
      { percent: null, minutes: 0, raise_priority: true },
      { percent: null, minutes: 60, team_id: 7 },
    ],
  },
} as unknown as ServicePolicy

describe('the form of a policy', () => {
  it('says when each step is in words that people use', () => {
    const steps = toForm(policy, 1).steps
    expect(steps.map((one) => [one.when, one.amount])).toEqual([
      ['percent', 80],
      ['before', 30],
      ['at', 0],
      ['after', 60],
    ])
  })

  it('says the same as the policy that it was made of', () => {
    const spec = toSpec(toForm(policy, 1))
    expect(spec.targets).toEqual(policy.spec.targets)
    expect(spec.steps?.map((one) => [one.percent, one.minutes, one.team_id])).toEqual([
      [80, 0, null],
      [null, -30, null],
      [null, 0, null],
      [null, 60, 7],
    ])
    expect(spec.condition).toEqual(policy.spec.condition)
  })

  it('keeps whom a step calls in and pages', () => {
    const task = { team_id: 4, title: 'Look at it', span: { amount: 2, unit: 'working_hours' } }
    const steps = [{ percent: 80, minutes: 0, tell: ['team'], pages: true, task }]
    const form = toForm({ ...policy, spec: { ...policy.spec, steps } } as unknown as ServicePolicy, 1)
    expect(toSpec(form).steps?.[0]).toMatchObject({ pages: true, task })
    const [step] = form.steps
    if (!step) throw new Error('no step')
    expect(check({ ...form, steps: [{ ...step, taskTitle: ' ' }] }, t).step0).toContain('taskTitleMissing')
    expect(check({ ...form, steps: [{ ...step, tell: [] }] }, t).step0).toContain('nobodyPaged')
  })

  it('begins with targets and a warning that can be saved', () => {
    const form = toForm(null, 5)
    expect(form.calendar_id).toBe(5)
    expect(check({ ...form, name_en: 'Standard' }, t)).toEqual({})
  })

  it('names what is missing', () => {
    const form = { ...toForm(null, 5), isComplete: false, targets: [] }
    form.steps = [
      { ...newStep(), tell: [] },
      { ...newStep(), amount: 120 },
    ]
    expect(check(form, t)).toEqual({
      name_zh: 'levels.policy.nameMissing',
      condition: 'levels.policy.incomplete',
      targets: 'levels.policy.targetsMissing',
      step0: 'levels.policy.stepEmpty',
      step1: 'levels.policy.percent',
    })
  })
})
