import { describe, expect, it } from 'vitest'
import { addressProblem, isUnencrypted } from './address'

describe('addressProblem', () => {
  it.each(['https://hooks.example/x', ' http://10.0.0.7:8080/in '])('takes %j', (text) =>
    expect(addressProblem(text)).toBeNull(),
  )

  it.each([
    'hooks.example',
    'ftp://hooks.example',
    'javascript:alert(1)',
    'https://user:pass@hooks.example',
    'https://',
  ])('refuses %j', (text) => expect(addressProblem(text)).toBe('wrong'))

  it('says when there is none', () => expect(addressProblem('  ')).toBe('missing'))
})

describe('isUnencrypted', () => {
  it('tells http from https', () => {
    expect(isUnencrypted('HTTP://x')).toBe(true)
    expect(isUnencrypted('https://x')).toBe(false)
  })
})
