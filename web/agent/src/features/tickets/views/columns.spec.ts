import { describe, expect, it } from 'vitest'
import { moved, placeByKey } from './columns'

const press = (key: string, altKey = true): KeyboardEvent => new KeyboardEvent('keydown', { key, altKey })

describe('moved', () => {
  it.each([
    [0, 2, ['b', 'c', 'a']],
    [2, 0, ['c', 'a', 'b']],
    [1, 1, ['a', 'b', 'c']],
    [0, 9, ['b', 'c', 'a']],
    [7, 0, ['a', 'b', 'c']],
  ])('from %i to %i', (from, to, wanted) => {
    expect(moved(['a', 'b', 'c'], from, to)).toEqual(wanted)
  })
})

describe('placeByKey', () => {
  it.each([
    ['ArrowLeft', 1, 0],
    ['ArrowUp', 2, 1],
    ['ArrowRight', 1, 2],
    ['Home', 2, 0],
    ['End', 0, 2],
    ['ArrowLeft', 0, null],
    ['ArrowRight', 2, null],
    ['End', 2, null],
    ['a', 1, null],
  ])('%s at %i goes to %j', (key, at, wanted) => {
    expect(placeByKey(press(key), at, 3)).toBe(wanted)
  })

  it('asks for Alt, so that arrows alone do what they always do', () => {
    expect(placeByKey(press('ArrowLeft', false), 1, 3)).toBeNull()
  })
})
