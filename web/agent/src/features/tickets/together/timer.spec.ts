import { describe, expect, it } from 'vitest'
import { Stopwatch } from './timer'

describe('Stopwatch', () => {
  it('counts only while it runs', () => {
    const watch = new Stopwatch()
    watch.start(1_000)
    watch.pause(4_500)
    expect(watch.seconds(60_000)).toBe(3)
    watch.start(60_000)
    expect(watch.seconds(62_000)).toBe(5)
    expect(watch.isRunning).toBe(true)
  })

  it('is not set back by a second start', () => {
    const watch = new Stopwatch()
    watch.start(0)
    watch.start(5_000)
    expect(watch.seconds(6_000)).toBe(6)
  })
})
