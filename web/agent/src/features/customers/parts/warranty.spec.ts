import { describe, expect, it } from 'vitest'
import { warrantyOf } from './warranty'

const today = new Date(2026, 10, 22)

describe('warranty', () => {
  it('holds on its last day', () => {
    expect(warrantyOf({ warranty_until: '2026-11-22' }, today)).toBe('inWarranty')
  })
  it('is over on the day after, and where none is known', () => {
    expect(warrantyOf({ warranty_until: '2026-11-21' }, today)).toBe('outOfWarranty')
    expect(warrantyOf({ warranty_until: null }, today)).toBe('outOfWarranty')
  })
})
