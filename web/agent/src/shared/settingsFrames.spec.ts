import { afterEach, describe, expect, it } from 'vitest'
import { queryClient } from './queryClient'
import { refetchSettings } from './settingsFrames'

const isStale = (...key: string[]): boolean => queryClient.getQueryState(key)?.isInvalidated ?? false

afterEach(() => queryClient.clear())

describe('refetchSettings', () => {
  it.each([
    ['statuses', ['desk', 'statuses']],
    ['statuses', ['settings', 'statuses']],
    ['canned_replies', ['canned_replies']],
    ['canned_replies', ['settings', 'canned-replies']],
    ['teams', ['desk', 'people']],
    ['desk', ['settings', 'desk']],
    ['something_new', ['something_new']],
  ])('of %s makes %j stale', (what, key) => {
    queryClient.setQueryData(key, [])
    refetchSettings(what)
    expect(isStale(...key)).toBe(true)
  })

  it('leaves other lists alone', () => {
    queryClient.setQueryData(['settings', 'brands'], [])
    refetchSettings('statuses')
    expect(isStale('settings', 'brands')).toBe(false)
  })
})
