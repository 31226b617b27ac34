import type { PersonLevels } from '@api'
import { describe, expect, it } from 'vitest'
import { heldBy, levelOf, moved, withCell } from './matrix'

const size = { rows: 3, columns: 2 }

describe('the grid', () => {
  it('is walked by arrows and stays within its bounds', () => {
    expect(moved('ArrowDown', { row: 1, column: 0 }, size)).toEqual({ row: 2, column: 0 })
    expect(moved('ArrowDown', { row: 2, column: 0 }, size)).toEqual({ row: 2, column: 0 })
    expect(moved('ArrowUp', { row: 0, column: 1 }, size)).toEqual({ row: 0, column: 1 })
    expect(moved('ArrowRight', { row: 0, column: 1 }, size)).toEqual({ row: 0, column: 1 })
    expect(moved('ArrowLeft', { row: 0, column: 1 }, size)).toEqual({ row: 0, column: 0 })
    expect(moved('End', { row: 0, column: 0 }, size)).toEqual({ row: 0, column: 1 })
    expect(moved('Home', { row: 2, column: 1 }, size)).toEqual({ row: 2, column: 0 })
    expect(moved('a', { row: 0, column: 0 }, size)).toBeNull()
  })

  it('takes levels from the digits', () => {
    expect(['0', '3', '5', '6', 'Delete', 'x'].map(levelOf)).toEqual([0, 3, 5, null, 0, null])
  })
})

describe('a cell', () => {
  const rows: PersonLevels[] = [
    {
      person_id: 1,
      name: 'Lin',
      team_ids: [],
      held: [{ skill_id: 7, level: 2, valid_until: null, is_over: false }],
    },
    { person_id: 2, name: 'Bo', team_ids: [], held: [] },
  ]

  it('is given, changed and taken away without touching others', () => {
    const given = withCell(rows, 2, 7, 4, '2027-01-31')
    expect(given.map((one) => heldBy(one, 7)?.level)).toEqual([2, 4])
    expect(heldBy(given[1] as PersonLevels, 7)?.valid_until).toBe('2027-01-31')
    expect(withCell(given, 2, 7, 0, null).map((one) => heldBy(one, 7)?.level)).toEqual([2, undefined])
    expect(rows[1]?.held).toEqual([])
  })
})
