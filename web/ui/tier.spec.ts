import { expect, it } from 'vitest'
import { tierTone } from './tier'

it.each(['VIP', 'Gold', '金卡', '钻石', 'Platinum'])('shows %s in gold', (tier) => {
  expect(tierTone(tier)).toBe('gold')
})

it.each(['', '普通', 'Standard', '银卡'])('shows "%s" plainly', (tier) => {
  expect(tierTone(tier)).toBe('plain')
})
