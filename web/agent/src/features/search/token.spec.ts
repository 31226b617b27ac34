import { describe, expect, it } from 'vitest'
import { mayBeOperator, partsOf, replacePart, tokenAt } from './token'

describe('tokenAt', () => {
  it('gives the part before the caret and reaches to the end of its word', () => {
    expect(tokenAt('refund sta now', 10)).toEqual({ text: 'sta', start: 7, end: 10 })
    expect(tokenAt('refund status', 9)).toEqual({ text: 'st', start: 7, end: 13 })
  })
  it('takes a quoted value as one part', () => {
    const text = 'tag:"big de'
    expect(tokenAt(text, text.length)).toEqual({ text, start: 0, end: text.length })
  })
  it('is empty behind a space', () => {
    expect(tokenAt('退款 ', 3).text).toBe('')
  })
})

describe('mayBeOperator', () => {
  it('holds for names and values in both languages', () => {
    for (const token of ['sta', '-status:op', '状态:', '状态：处', 'tag:"big'])
      expect(mayBeOperator(token)).toBe(true)
  })
  it('does not hold for phrases, numbers and nothing', () => {
    for (const token of ['', '"不工作"', '12:30', '#123']) expect(mayBeOperator(token)).toBe(false)
  })
})

describe('replacePart', () => {
  it('puts a space behind a value and none behind a name', () => {
    expect(replacePart('sta', { start: 0, end: 3 }, 'status:')).toEqual({ text: 'status:', caret: 7 })
    expect(replacePart('a status:o', { start: 2, end: 10 }, 'status:open')).toEqual({
      text: 'a status:open ',
      caret: 14,
    })
  })
  it('keeps what stands behind', () => {
    expect(replacePart('st b', { start: 0, end: 2 }, 'tag:x')).toEqual({ text: 'tag:x b', caret: 5 })
  })
})

describe('partsOf', () => {
  it('marks by characters, not by halves of them', () => {
    expect(partsOf('😀退款吧', [[1, 3]])).toEqual([
      { text: '😀', isMarked: false },
      { text: '退款', isMarked: true },
      { text: '吧', isMarked: false },
    ])
  })
  it('gives the whole text without marks, and nothing for an empty one', () => {
    expect(partsOf('abc', [])).toEqual([{ text: 'abc', isMarked: false }])
    expect(partsOf('', [])).toEqual([])
  })
})
