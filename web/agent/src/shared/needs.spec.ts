import { describe, expect, it } from 'vitest'
import { needText, spanText } from './needs'

const words = { skill: (id: number) => ['', 'Washers', 'English', 'German'][id] ?? '?', and: 'and', or: 'or' }
const either = {
  any: [
    { skill_id: 2, level: 3 },
    { skill_id: 3, level: 3 },
  ],
}

describe('needs', () => {
  it('are said in words, with what stands inside in brackets', () => {
    expect(needText({ all: [{ skill_id: 1, level: 4 }, either] }, words)).toBe(
      'Washers 4+ and (English 3+ or German 3+)',
    )
    expect(needText(either, words)).toBe('English 3+ or German 3+')
    expect(needText({ all: [either] }, words)).toBe('English 3+ or German 3+')
    expect(needText({}, words)).toBe('')
  })
})

describe('spans', () => {
  const t = (key: string, values: Record<string, unknown>): string =>
    `${String(values.n ?? '')}${key.slice(-1)}`
  it('are said in the unit that fits', () => {
    const spans = [45, 60, 90, 300, 5_400, 7_200, 172_800].map((one) => spanText(one, t))
    expect(spans).toEqual(['45s', '1m', '90s', '5m', '90m', '2h', '2d'])
    expect(spanText(null, t)).toBe('m')
  })
})
