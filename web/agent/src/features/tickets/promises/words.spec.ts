import { describe, expect, it } from 'vitest'
import { dueText, quoted, wallOf } from './words'

describe('dueText', () => {
  it.each([
    ['2026-11-24T16:00:00Z', 'zh-CN', '24:00', '24'],
    ['2026-11-24T16:00:00Z', 'en', '24:00', '24'],
    ['2026-11-24T07:00:00Z', 'en', '15:00', '24'],
  ])('says %s in %s as %s of its day', (at, locale, hour, day) => {
    const said = dueText(at, locale, 'Asia/Shanghai')
    expect(said).toContain(hour)
    expect(said).toContain(day)
  })
})

describe('wallOf', () => {
  it('is the time on the wall of the zone', () => {
    expect(wallOf('2026-11-24T16:30:00Z', 'Asia/Shanghai')).toBe('2026-11-25T00:30')
    expect(wallOf('2026-11-24T16:30:00Z', 'UTC')).toBe('2026-11-24T16:30')
  })
})

describe('quoted', () => {
  it('shortens long words and joins their lines', () => {
    expect(quoted('we will\ncall you')).toBe('we will call you')
    expect(quoted('a'.repeat(80), 10)).toBe(`${'a'.repeat(9)}…`)
  })
})
