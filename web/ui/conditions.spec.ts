import { describe, expect, it } from 'vitest'

import shared from '../../tests/shared/conditions.json'

import { holds, type Condition } from './conditions'

const context = { now: new Date(shared.now), me: shared.me, myTeams: shared.my_teams }
const cases = shared.cases as unknown as [Condition, boolean][]

describe('conditions', () => {
  it.each(cases)('%j → %s', (condition, expected) => {
    expect(holds(condition, shared.values, context)).toBe(expected)
  })

  it('holds for nothing when the comparison is unknown', () => {
    expect(holds({ field: 'priority', op: 'like', value: 3 }, shared.values, context)).toBe(false)
  })
})
