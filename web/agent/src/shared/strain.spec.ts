import type { OwnStrain } from '@api'
import { expect, it } from 'vitest'
import { isNews } from './strain'

const own = (at: string | null): OwnStrain => ({ break_proposed_at: at }) as OwnStrain

it('says each proposed break once in a browser', () => {
  expect(isNews(own(null), null)).toBe(false)
  expect(isNews(own('2026-11-22T10:00:00Z'), null)).toBe(true)
  expect(isNews(own('2026-11-22T10:00:00Z'), '2026-11-22T10:00:00Z')).toBe(false)
  expect(isNews(own('2026-11-22T11:00:00Z'), '2026-11-22T10:00:00Z')).toBe(true)
})
