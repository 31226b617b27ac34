import type { Condition } from '@ui'
import { describe, expect, it } from 'vitest'
import { isComplete, newGroup, newLeaf, toCondition, toTree } from './tree'

const urgent = { field: 'priority', op: 'is', value: 4 }
const mine = { field: 'assignee', op: 'is', value: 'me' }

describe('toTree and toCondition', () => {
  it.each<Condition>([
    { all: [] },
    { all: [urgent, { any: [mine, { not: { all: [urgent, { field: 'tags', op: 'is_empty' }] } }] }] },
    { any: [{ not: urgent }, { not: { not: { any: [] } } }].slice(0, 1) },
    { not: { any: [urgent, mine] } },
  ])('give back %j', (condition) => {
    expect(toCondition(toTree(condition))).toEqual(condition)
  })

  it('put a lone comparison into a group', () => {
    expect(toCondition(toTree(urgent))).toEqual({ all: [urgent] })
  })

  it('take two nots for none', () => {
    expect(toCondition(toTree({ not: { not: { any: [mine] } } }))).toEqual({ any: [mine] })
  })
})

describe('isComplete', () => {
  it.each([
    ['is_empty', undefined, true],
    ['is', undefined, false],
    ['is', '', false],
    ['is', 0, true],
    ['is', false, true],
    ['any_of', [], false],
    ['any_of', ['x'], true],
    ['any_of', 'my_teams', true],
    ['between', [1], false],
    ['between', [1, ''], false],
    ['between', [0, 1], true],
  ] as const)('%s %j is %s', (op, value, wanted) => {
    expect(isComplete(newGroup('any', [newLeaf('x', op, value)]))).toBe(wanted)
  })
})
