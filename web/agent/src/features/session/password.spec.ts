import { describe, expect, it } from 'vitest'
import { passwordProblems, PASSWORD_MIN } from './password'

const long = 'x'.repeat(PASSWORD_MIN)

describe('passwordProblems', () => {
  it('finds nothing wrong with a long one typed twice', () => {
    expect(passwordProblems(long, long)).toEqual({})
  })

  it('says which of the two is wrong', () => {
    expect(passwordProblems('short', 'short')).toEqual({ password: 'short' })
    expect(passwordProblems(long, `${long}!`)).toEqual({ again: 'different' })
  })

  it('counts characters, not UTF-16 units', () => {
    expect(passwordProblems('😀'.repeat(PASSWORD_MIN - 1), '😀'.repeat(PASSWORD_MIN - 1))).toEqual({
      password: 'short',
    })
  })
})
