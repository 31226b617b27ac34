import { describe, expect, it } from 'vitest'
import { findGaps, findMentions } from './placeholders'

describe('findGaps', () => {
  it('finds what a canned reply left open, with its place', () => {
    expect(findGaps('Dear {{customer.name}}, {{ order.number }}')).toEqual([
      { name: 'customer.name', from: 5, to: 22 },
      { name: 'order.number', from: 24, to: 42 },
    ])
  })

  it('takes braces that are no placeholder for text', () => {
    expect(findGaps('{x} {{}} {{a b}}')).toEqual([])
  })
})

describe('findMentions', () => {
  const people = [
    { id: 1, name: 'Ann' },
    { id: 2, name: 'Anna Bell' },
    { id: 3, name: '程志远' },
  ]

  it('finds the people that a note calls', () => {
    expect(findMentions('@程志远 请看，@Ann too', people).sort()).toEqual([1, 3])
  })

  it('does not take one name for the beginning of another', () => {
    expect(findMentions('@Anna Bell please', people)).toEqual([2])
  })
})
