import en from '@/locales/en/settings.json'
import { describe, expect, it } from 'vitest'
import { reasonKey } from './reasons'

describe('reasonKey', () => {
  it.each([
    ['message_too_large: 61 MB', 'too_large'],
    ['The archive expands to 4 GB', 'bomb'],
    ['UnicodeDecodeError: gb18030', 'charset'],
    ['10,000 recipients', 'recipients'],
    ['malformed header', 'parse'],
    ['KeyError', 'other'],
  ])('%s is %s', (problem, key) => {
    expect(reasonKey(problem)).toBe(key)
    expect(en.intake.reasons).toHaveProperty(key)
  })
})
