import { describe, expect, it } from 'vitest'
import type { ProcessSpec, Stage } from '@api'
import { drawn, exitsOf } from './graph'

const stage = (key: string, more: Partial<Stage> = {}): Stage => ({
  key,
  name_en: key,
  name_zh: key,
  ...more,
})
const spec = (...stages: Stage[]): ProcessSpec => ({ type_id: 1, stages })
const graph = (one: ProcessSpec) => drawn(one, (stage) => stage.name_en, 'End')

describe('exitsOf', () => {
  it('leads to the next stage, and the last one to the end', () => {
    const made = spec(stage('a'), stage('b'))
    expect(made.stages.map((one) => exitsOf(made, one))).toEqual([['b'], ['']])
  })

  it('stops at a way that is always open', () => {
    const when = { field: 'answers.rd', op: 'is', value: true }
    const made = spec(stage('a', { ways: [{ to: 'c', when }, { to: 'b' }] }), stage('b'), stage('c'))
    expect(exitsOf(made, made.stages[0] as Stage)).toEqual(['c', 'b'])
  })
})

describe('drawn', () => {
  it('stands stages one below the other with the end at the bottom', () => {
    const { nodes, edges } = graph(spec(stage('a'), stage('b')))
    expect(nodes.map((one) => one.name)).toEqual(['a', 'b', 'End'])
    expect(nodes.map((one) => one.y)).toEqual([8, 72, 136])
    expect(edges.map((one) => [one.from, one.to])).toEqual([
      ['a', 'b'],
      ['b', ''],
    ])
  })

  it('draws jumps apart, each in a lane of its own', () => {
    const { edges, width } = graph(
      spec(stage('a', { late_to: 'c' }), stage('b', { not_solved_to: 'a' }), stage('c')),
    )
    const jumps = edges.filter((one) => one.kind === 'jump')
    expect(jumps.map((one) => one.to)).toEqual(['c', 'a'])
    expect(new Set(jumps.map((one) => one.path)).size).toBe(2)
    expect(width).toBeGreaterThan(graph(spec(stage('a'))).width)
  })

  it('leaves out ways to stages that are not there', () => {
    expect(graph(spec(stage('a', { late_to: 'ghost' }))).edges).toHaveLength(1)
  })
})
