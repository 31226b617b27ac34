import { describe, expect, it } from 'vitest'

import shared from '../../tests/shared/conditions.json'

import {
  countLeaves,
  emptyValue,
  fromTree,
  isComplete,
  newGroup,
  newLeaf,
  opsOf,
  shapeOf,
  toTree,
  type ConditionField,
} from './conditionTree'
import { holds, type Condition } from './conditions'

const context = { now: new Date(shared.now), me: shared.me, myTeams: shared.my_teams }
const cases = shared.cases as unknown as [Condition, boolean][]
const product: ConditionField = { key: 'product', name: 'Product', kind: 'tree' }
const tags: ConditionField = { key: 'tags', name: 'Tags', kind: 'many' }
const fields = new Map([product, tags].map((one) => [one.key, one]))

describe('conditionTree', () => {
  it.each(cases)('keeps what %j means', (condition, expected) => {
    expect(holds(fromTree(toTree(condition)), shared.values, context)).toBe(expected)
  })

  it('shows a negated group as one group with its own mode', () => {
    const none = toTree({ not: { any: [{ field: 'a', op: 'is_set' }] } })
    expect([none.mode, none.parts.length]).toEqual(['none', 1])
    expect(toTree({ not: { all: [] } }).mode).toBe('not_all')
    expect(toTree({ not: { field: 'a', op: 'is_set' } }).mode).toBe('none')
  })

  it('keeps a double negation', () => {
    const twice: Condition = { not: { not: { any: [] } } }
    expect(holds(fromTree(toTree(twice)), {}, context)).toBe(false)
  })

  it('writes no value for comparisons that take none', () => {
    expect(fromTree({ id: 1, field: 'a', op: 'is_empty', value: 'old' })).toEqual({
      field: 'a',
      op: 'is_empty',
    })
  })

  it('begins a comparison with the usual one of its kind', () => {
    expect(newLeaf(product)).toMatchObject({ field: 'product', op: 'under', value: null })
    expect(newLeaf(tags)).toMatchObject({ op: 'any_of', value: [] })
    expect(emptyValue('number', 'between')).toEqual([null, null])
  })

  it('asks for a value in the shape of the comparison', () => {
    expect(shapeOf('time', 'within_last')).toBe('span')
    expect(shapeOf('choice', 'is')).toBe('one')
    expect(shapeOf('choice', 'is_set')).toBe('none')
    expect(opsOf('yes_no')).toEqual(['is', 'is_set', 'is_empty'])
  })

  it('is complete when every comparison has a field and a value', () => {
    const leaf = newLeaf(tags)
    expect(isComplete(newGroup('all', [leaf]), fields)).toBe(false)
    expect(isComplete(newGroup('all', [{ ...leaf, value: ['vip'] }]), fields)).toBe(true)
    expect(isComplete({ ...leaf, field: 'gone', value: ['vip'] }, fields)).toBe(false)
    expect(isComplete({ ...leaf, op: 'less', value: 3 }, fields)).toBe(false)
    expect(countLeaves(newGroup('all', [leaf, newGroup('any', [leaf, leaf])]))).toBe(3)
  })
})
