import { ApiError } from '@api'
import { describe, expect, it } from 'vitest'
import { collisionsOf, seenNow } from './collisions'
import { moved } from './data'

const changed = [{ field: 'priority', value: 4, by: null, at: null }]

describe('collisions', () => {
  it('are read from the refusal of a changed field only', () => {
    expect(collisionsOf(new ApiError(409, 'field_changed', '', {}, { changed }))).toEqual(changed)
    expect(collisionsOf(new ApiError(409, 'agent_full', '', {}, { changed }))).toEqual([])
    expect(collisionsOf(new Error('field_changed'))).toEqual([])
  })

  it('become what was seen for another try', () => {
    expect(seenNow(changed, { priority: 2, tags: [] })).toEqual({ priority: 4, tags: [] })
  })
})

describe('moved', () => {
  const items = ['a', 'b', 'c'].map((text, id) => ({ id, text, position: id, done_at: null, done_by: null }))
  const texts = (index: number, by: number): string =>
    moved(items, items.at(index) as (typeof items)[number], by)
      .map((one) => one.text)
      .join('')

  it.each([
    [0, 1, 'bac'],
    [2, -2, 'cab'],
    [1, 5, 'acb'],
    [0, -1, 'abc'],
  ])('takes item %i by %i places', (index, by, shown) => expect(texts(index, by)).toBe(shown))
})
