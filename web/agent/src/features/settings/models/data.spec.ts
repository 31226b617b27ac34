import { describe, expect, it } from 'vitest'
import { amountOf, exchangesPath, textOf } from './data'

describe('amounts', () => {
  it.each([
    ['', 1, null],
    ['  ', 1, null],
    ['1,000', 1, 1000],
    ['2.5', 1_000_000, 2_500_000],
    ['-3', 1, null],
    ['many', 1, null],
    ['0', 1, 0],
  ])('reads %j times %i as %j', (text, factor, amount) => {
    expect(amountOf(text, factor)).toBe(amount)
  })

  it('writes no limit as nothing', () => {
    expect(textOf(null)).toBe('')
    expect(textOf(2_500_000, 1_000_000)).toBe('2.5')
    expect(textOf(0)).toBe('0')
  })
})

describe('the log of exchanges', () => {
  it('asks only for what is narrowed', () => {
    const all = { text: '', purpose: '', ended: '', attacked: false }
    expect(exchangesPath(all, null)).toBe('/model-exchanges?limit=30')
    const path = exchangesPath({ text: 'a b', purpose: 'reply', ended: 'refused', attacked: true }, 'x')
    expect(path).toContain('purpose=reply')
    expect(path).toContain('ended=refused')
    expect(path).toContain('is_attacked=true')
    expect(path).toContain('cursor=x')
  })
})
