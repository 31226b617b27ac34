import type { SkillStep } from '@api'
import { describe, expect, it } from 'vitest'
import { check, fromStep, newStep, relaxed, toForm, toStep } from './requirement'

const nested: SkillStep = {
  seconds: 60,
  all: [
    { skill_id: 1, level: 4 },
    {
      any: [
        { skill_id: 2, level: 3 },
        { skill_id: 3, level: 3 },
      ],
    },
  ],
}

describe('steps', () => {
  it('come back from the form as they went in', () => {
    expect(fromStep(toStep(nested))).toEqual(nested)
    const either: SkillStep = { seconds: 30, any: [{ skill_id: 1, level: 2 }] }
    expect(fromStep(toStep(either))).toEqual(either)
  })

  it('relax by one level and never below the first', () => {
    const step = relaxed(
      toStep({
        seconds: 60,
        all: [
          { skill_id: 1, level: 4 },
          { skill_id: 2, level: 1 },
        ],
      }),
    )
    expect(step.parts.flat().map((one) => one.level)).toEqual([3, 1])
  })

  it('leave out skills that were not chosen', () => {
    expect(fromStep(newStep())).toEqual({ seconds: 60, all: [] })
  })
})

describe('a rule', () => {
  it('needs a name, a complete condition, and steps with skills', () => {
    const form = toForm(null)
    expect(check(form)).toEqual({ name: 'nameMissing', steps: 'stepsMissing' })
    const named = { ...form, name_zh: '维修', isComplete: false, steps: [newStep()] }
    expect(check(named)).toEqual({ condition: 'conditionMissing', steps: 'skillMissing' })
    expect(check({ ...named, isComplete: true, steps: [toStep(nested)] })).toEqual({})
  })
})
