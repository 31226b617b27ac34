import { toasts } from '@/shared/toasts'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { doLater, finishWaiting } from './later'

const begin = (run: () => Promise<unknown> = async () => undefined) => {
  const spies = { run: vi.fn(run), restore: vi.fn(), whenFailed: vi.fn() }
  doLater({ text: 'Removed', undoLabel: 'Undo', ...spies })
  return spies
}

describe('doLater', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => {
    finishWaiting()
    vi.useRealTimers()
    toasts.value = []
  })

  it('does it after the time to undo, once', async () => {
    const spies = begin()
    await vi.advanceTimersByTimeAsync(5_900)
    expect(spies.run).not.toHaveBeenCalled()
    await vi.advanceTimersByTimeAsync(200)
    finishWaiting()
    expect(spies.run).toHaveBeenCalledTimes(1)
  })

  it('does nothing when undone', async () => {
    const spies = begin()
    toasts.value.at(-1)?.action?.run()
    await vi.advanceTimersByTimeAsync(10_000)
    expect(spies.run).not.toHaveBeenCalled()
    expect(spies.restore).toHaveBeenCalledTimes(1)
  })

  it('does it at once when the page closes', () => {
    const spies = begin()
    window.dispatchEvent(new Event('pagehide'))
    expect(spies.run).toHaveBeenCalledTimes(1)
  })

  it('shows it again when the server refuses', async () => {
    const spies = begin(async () => Promise.reject(new Error('no')))
    await vi.advanceTimersByTimeAsync(6_100)
    expect(spies.restore).toHaveBeenCalledTimes(1)
    expect(spies.whenFailed).toHaveBeenCalledTimes(1)
  })
})
