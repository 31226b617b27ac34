import { api } from '@api'
import { beforeEach, expect, it, vi } from 'vitest'
import { clearSideDraft, openSide, restoreToSide, sideDraft } from './data'

beforeEach(() => {
  openSide.value = null
  clearSideDraft(4)
  vi.restoreAllMocks()
})

it('keeps half a thought for each side conversation', () => {
  sideDraft(4).text = 'And when'
  sideDraft(5).text = 'Where'
  expect(sideDraft(4).text).toBe('And when')
  clearSideDraft(4)
  expect(sideDraft(4)).toEqual({ text: '', files: [], to: null, cc: null })
})

it('gives what was taken back to the side conversation that goes on', async () => {
  vi.spyOn(api, 'get').mockResolvedValue({ items: [{ id: 4 }] })
  sideDraft(4).text = 'More'
  expect(await restoreToSide(1, 4, 'And when?', [])).toBe(true)
  expect(sideDraft(4).text).toBe('And when?\n\nMore')
  expect(openSide.value).toEqual({ ticketId: 1, sideId: 4 })
})

it('leaves it to the composer when nothing of the side conversation is left', async () => {
  vi.spyOn(api, 'get').mockResolvedValue({ items: [] })
  openSide.value = { ticketId: 1, sideId: 4 }
  expect(await restoreToSide(1, 4, 'And when?', [])).toBe(false)
  expect(openSide.value).toBeNull()
  expect(sideDraft(4).text).toBe('')
})
