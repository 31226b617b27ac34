import { ApiError } from '@api'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { effectScope } from 'vue'
import { clock, useCountdown, waitSeconds } from './useCountdown'

describe('waitSeconds', () => {
  it('takes what the server says', () => {
    expect(waitSeconds(new ApiError(429, 'limit_reached', '', {}, { retry_after_seconds: 12.2 }))).toBe(13)
  })

  it('waits a minute when the server says nothing', () => {
    expect(waitSeconds(new ApiError(429, 'limit_reached', ''))).toBe(60)
  })

  it('is null for any other refusal', () => {
    expect(waitSeconds(new ApiError(401, 'wrong_credentials', ''))).toBeNull()
    expect(waitSeconds(new Error('x'))).toBeNull()
  })
})

describe('clock', () => {
  it.each([
    [5, '0:05'],
    [75, '1:15'],
    [600, '10:00'],
  ])('writes %i s as %s', (seconds, text) => expect(clock(seconds)).toBe(text))
})

describe('useCountdown', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  it('counts down to nothing and stays there', () => {
    const scope = effectScope()
    const countdown = scope.run(() => useCountdown())
    countdown?.start(3)
    expect(countdown?.seconds.value).toBe(3)
    vi.advanceTimersByTime(1_500)
    expect(countdown?.seconds.value).toBe(2)
    vi.advanceTimersByTime(60_000)
    expect(countdown?.seconds.value).toBe(0)
    scope.stop()
  })
})
