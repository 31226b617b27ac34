import { describe, expect, it } from 'vitest'
import { ownName } from './languages'

describe('ownName', () => {
  it('is written in the language itself', () => {
    expect(ownName('en')).toBe('English')
    expect(ownName('zh-CN')).toBe('\u4e2d\u6587')
  })
})
