import type { Held, PersonLevels } from '@api'

/** What an arrow key does to a place in the grid; null where it is no such key. */
export function moved(
  key: string,
  at: { row: number; column: number },
  size: { rows: number; columns: number },
): { row: number; column: number } | null {
  const { row, column } = at
  const places: Record<string, { row: number; column: number }> = {
    ArrowUp: { row: row - 1, column },
    ArrowDown: { row: row + 1, column },
    ArrowLeft: { row, column: column - 1 },
    ArrowRight: { row, column: column + 1 },
    Home: { row, column: 0 },
    End: { row, column: size.columns - 1 },
  }
  const next = places[key]
  if (!next) return null
  const within = (value: number, count: number): number => Math.min(Math.max(value, 0), count - 1)
  return { row: within(next.row, size.rows), column: within(next.column, size.columns) }
}

/** The level that a key gives: 1 to 5, 0 for none; null where it gives none. */
export function levelOf(key: string): number | null {
  if (/^[0-5]$/.test(key)) return Number(key)
  return key === 'Delete' || key === 'Backspace' ? 0 : null
}

export const heldBy = (person: PersonLevels, skillId: number): Held | undefined =>
  person.held?.find((one) => one.skill_id === skillId)

/** The rows with one cell as it will be. */
export function withCell(
  rows: PersonLevels[],
  personId: number,
  skillId: number,
  level: number,
  validUntil: string | null,
): PersonLevels[] {
  return rows.map((row) => {
    if (row.person_id !== personId) return row
    const others = (row.held ?? []).filter((one) => one.skill_id !== skillId)
    const mine: Held[] = level ? [{ skill_id: skillId, level, valid_until: validUntil, is_over: false }] : []
    return { ...row, held: [...others, ...mine] }
  })
}
