import type { SkillStep } from '@api'
import { describe, expect, it } from 'vitest'
import { check, fromStep, newStep, relaxed, stepText, toForm, toStep } from './requirement'
import { spanText } from './span'

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
const words = { skill: (id: number) => ['', 'Washers', 'English', 'German'][id] ?? '?', and: 'and', or: 'or' }

describe('steps', () => {
  it('come back from the form as they went in', () => {
    expect(fromStep(toStep(nested))).toEqual(nested)
    const either: SkillStep = { seconds: 30, any: [{ skill_id: 1, level: 2 }] }
    expect(fromStep(toStep(either))).toEqual(either)
  })

  it('are said in words', () => {
    expect(stepText(nested, words)).toBe('Washers 4+ and (English 3+ or German 3+)')
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

describe('spans', () => {
  const t = (key: string, values: Record<string, unknown>): string => `${String(values.n)}${key.slice(-1)}`
  it('are said in the unit that fits', () => {
    expect([45, 60, 90, 300, 5_400, 7_200, 172_800].map((one) => spanText(one, t))).toEqual([
      '45s',
      '1m',
      '90s',
      '5m',
      '90m',
      '2h',
      '2d',
    ])
  })
})
