import { describe, expect, it } from 'vitest'
import { inZone } from './zones'

describe('inZone', () => {
  it.each([
    ['2026-09-30T17:30', 'Asia/Shanghai', '2026-09-30T09:30:00.000Z'],
    ['2026-07-01T12:00', 'Europe/Berlin', '2026-07-01T10:00:00.000Z'],
    ['2026-01-01T12:00', 'America/New_York', '2026-01-01T17:00:00.000Z'],
  ])('finds the moment of %s in %s', (wall, zone, moment) => {
    expect(inZone(wall, zone)).toBe(moment)
  })

  it('knows no moment of nothing', () => {
    expect(inZone('', 'UTC')).toBeNull()
  })
})
