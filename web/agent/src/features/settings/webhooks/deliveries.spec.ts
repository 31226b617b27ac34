import { describe, expect, it } from 'vitest'
import { deliveryTone } from './deliveries'

describe('deliveryTone', () => {
  it.each([
    ['delivered', 1, 'good'],
    ['failed', 8, 'bad'],
    ['queued', 0, 'plain'],
    ['queued', 2, 'warn'],
    ['sending', 1, 'plain'],
  ] as const)('%s after %i tries is %s', (state, attempts, tone) =>
    expect(deliveryTone({ state, attempts })).toBe(tone),
  )
})
