import { describe, expect, it } from 'vitest'
import { months, share } from './data'

describe('figures of knowledge', () => {
  it('are shares in whole percent, and none of nothing', () => {
    expect(share(1, 3)).toBe('33 %')
    expect(share(0, 0)).toBe('–')
  })

  it('are of months back over the turn of the year', () => {
    expect(months(new Date(2026, 0, 15), 3)).toEqual(['2026-01', '2025-12', '2025-11'])
  })
})
