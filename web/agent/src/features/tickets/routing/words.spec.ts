import type { DecisionLine, ScorePart } from '@api'
import { describe, expect, it } from 'vitest'
import { againstText, factText, lineText, shownParts, type Words } from './words'

const words: Words = {
  t: (key, values) => `${key.split('.').slice(1).join('.')}${values ? JSON.stringify(values) : ''}`,
  te: (key) => !key.endsWith('unheard') && !key.endsWith('came back'),
  n: String,
}
const part = (name: string, fact: number, points = 1): ScorePart => ({ name, fact, points })
const line = (more: Partial<DecisionLine>): DecisionLine => ({
  id: 1,
  kind: 'assigned',
  at: '2026-11-23T09:00:00Z',
  team_id: 1,
  person_id: 2,
  person_name: 'Lin',
  step: null,
  score: null,
  details: {},
  ...more,
})
const needs = { skill: (id: number) => `skill ${String(id)}`, and: 'and', or: 'or' }

describe('facts of the score', () => {
  it('are said in their own units', () => {
    expect(factText(part('deadline', -120), words)).toContain('deadlineOver')
    expect(factText(part('deadline', 7_200), words)).toContain('"span":"span.h{\\"n\\":2}"')
    expect(factText(part('money', 12_300), words)).toBe('123')
    expect(factText(part('customer', 0.6), words)).toBe('fact.customer{"p":"60"}')
    expect(factText(part('waiting', 3_725.4), words)).toBe('span.m{"n":62}')
    expect(factText(part('safety', 1), words)).toBe('')
  })

  it('come by what they bring, safety first, without those that bring nothing', () => {
    const parts = [part('urgency', 2, 20), part('risk', 0, 0), part('deadline', 60, 39), part('safety', 1, 0)]
    expect(shownParts(parts).map((one) => one.name)).toEqual(['safety', 'deadline', 'urgency'])
  })
})

describe('reasons against somebody', () => {
  it('name what is missing, and how full they are', () => {
    const missing = { code: 'skills', needs: [{ skill_id: 3, level: 4 }] }
    expect(againstText(missing, words, needs)).toContain('"needs":"skill 3 4+"')
    expect(againstText({ code: 'capacity', has: 11, at_most: 12 }, words, needs)).toContain(
      '"has":11,"most":12',
    )
  })

  it('are said in general where we do not know the word', () => {
    expect(againstText({ code: 'unheard' }, words, needs)).toBe('against.other')
  })
})

describe('lines of the record', () => {
  it('say who, which teams, and why', () => {
    expect(lineText(line({}), words, String)).toContain('"name":"Lin"')
    expect(
      lineText(line({ kind: 'overflow', details: { teams: [4, 5] } }), words, (id) => `T${String(id)}`),
    ).toContain('"teams":"T4listCommaT5"')
    expect(lineText(line({ kind: 'waits', details: { reason: 'nobody_online' } }), words, String)).toContain(
      '"why":"stuck.nobody_online"',
    )
    expect(lineText(line({ kind: 'returned', details: { reason: 'offline' } }), words, String)).toMatch(
      /: returnedFor.offline$/,
    )
    expect(lineText(line({ kind: 'declined', details: { reason: 'came back' } }), words, String)).toMatch(
      /: came back$/,
    )
  })
})
