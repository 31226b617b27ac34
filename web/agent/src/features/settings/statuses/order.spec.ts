import type { Category, Status } from '@api'
import { describe, expect, it } from 'vitest'
import { inCategory, moved, nextPosition } from './order'

const status = (id: number, category: Category, position: number, is_archived = false): Status => ({
  id,
  category,
  position,
  is_archived,
  name_en: `s${String(id)}`,
  name_zh: `s${String(id)}`,
  is_default: false,
})
const statuses = [
  status(1, 'open', 30),
  status(2, 'open', 60),
  status(3, 'open', 20, true),
  status(4, 'new', 10),
]
const ids = (found: Status[]): number[] => found.map(({ id }) => id)
const after = (changed: Status[]): Status[] =>
  statuses.map((one) => changed.find(({ id }) => id === one.id) ?? one)

describe('inCategory', () => {
  it('puts archived ones last, whatever their position', () =>
    expect(ids(inCategory(statuses, 'open'))).toEqual([1, 2, 3]))
})

describe('moved', () => {
  it('swaps two neighbours', () => {
    expect(ids(inCategory(after(moved(statuses, 2, -1)), 'open'))).toEqual([2, 1, 3])
    expect(ids(inCategory(after(moved(statuses, 1, 1)), 'open'))).toEqual([2, 1, 3])
  })

  it('changes nothing at the ends, for archived and unknown ones', () => {
    expect(moved(statuses, 1, -1)).toEqual([])
    expect(moved(statuses, 2, 1)).toEqual([])
    expect(moved(statuses, 3, -1)).toEqual([])
    expect(moved(statuses, 99, 1)).toEqual([])
  })

  it('mends equal positions on the way', () => {
    const equal = [status(1, 'open', 100), status(2, 'open', 100)]
    const changed = moved(equal, 2, -1)
    expect(
      ids(
        inCategory(
          equal.map((one) => changed.find(({ id }) => id === one.id) ?? one),
          'open',
        ),
      ),
    ).toEqual([2, 1])
  })
})

describe('nextPosition', () => {
  it('is behind all of the category', () => {
    expect(nextPosition(statuses, 'open')).toBe(70)
    expect(nextPosition(statuses, 'closed')).toBe(10)
  })
})
