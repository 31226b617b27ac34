import { describe, expect, it } from 'vitest'
import { answerOf, conditionOf, fromLines, isPlain, toLines } from './conditions'

describe('conditions of ways', () => {
  it('holds always without a question', () => {
    expect(conditionOf('', '', false)).toEqual({ all: [] })
    expect(isPlain({ all: [] })).toBe(true)
    expect(isPlain(undefined)).toBe(true)
  })

  it('asks one answer, true and false as such', () => {
    const when = conditionOf('need_rd', 'true', true)
    expect(when).toEqual({ field: 'answers.need_rd', op: 'is', value: true })
    expect(answerOf(when)).toEqual({ key: 'need_rd', value: 'true' })
    expect(conditionOf('need_rd', 'false', true).value).toBe(false)
    expect(conditionOf('severity', 'urgent', false).value).toBe('urgent')
  })

  it('leaves what it cannot show alone', () => {
    expect(isPlain({ any: [{ field: 'priority', op: 'is', value: 4 }] })).toBe(false)
    expect(isPlain({ field: 'priority', op: 'is', value: 4 })).toBe(false)
  })
})

describe('answers to choose from', () => {
  it('go out and come back', () => {
    const choices = [{ value: 'urgent', name_en: 'Urgent', name_zh: '紧急' }]
    expect(fromLines(toLines(choices))).toEqual(choices)
  })

  it('need no more than a value, and skip empty lines', () => {
    expect(fromLines('red\n\n')).toEqual([{ value: 'red', name_en: 'red', name_zh: 'red' }])
  })
})
