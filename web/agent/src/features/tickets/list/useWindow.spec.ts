import { expect, it } from 'vitest'
import { visibleRange } from './useWindow'

it('draws what is in sight and a few rows more', () => {
  expect(visibleRange(0, 840, 84, 10_000)).toEqual([0, 16])
  expect(visibleRange(8_400, 840, 84, 10_000)).toEqual([94, 116])
})

it('ends with the list', () => {
  expect(visibleRange(839_160, 840, 84, 10_000)).toEqual([9_984, 10_000])
})

it('draws nothing of an empty list, and of a list that shrank only what is left', () => {
  expect(visibleRange(0, 840, 84, 0)).toEqual([0, 0])
  expect(visibleRange(84_000, 840, 84, 3)).toEqual([3, 3])
})
