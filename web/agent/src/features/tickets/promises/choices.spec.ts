import { describe, expect, it } from 'vitest'
import { choiceOf, choicesFor, choose, clearChoices, restoreChoices } from './choices'

describe('choices', () => {
  it('are kept by ticket and words, and go with the text', () => {
    choose(1, 'we will call you', { is_dropped: true })
    choose(1, 'within 5 days', { due_at: '2026-12-01T09:00:00Z' })
    expect(choiceOf(1, 'we will call you')?.is_dropped).toBe(true)
    expect(choiceOf(2, 'we will call you')).toBeUndefined()
    expect(choicesFor(1, 'Refund within 5 days.')).toEqual([
      { words: 'within 5 days', due_at: '2026-12-01T09:00:00Z' },
    ])
  })

  it('can be taken back one by one and all together', () => {
    choose(3, 'a', { is_dropped: true })
    choose(3, 'b', { is_dropped: true })
    choose(3, 'a')
    expect(choicesFor(3, 'a b').map((one) => one.words)).toEqual(['b'])
    clearChoices(3)
    expect(choicesFor(3, 'a b')).toEqual([])
  })

  it('come back with a reply that did not go out', () => {
    restoreChoices(4, [{ words: 'a', is_dropped: true }])
    expect(choiceOf(4, 'a')).toEqual({ words: 'a', is_dropped: true })
  })
})
