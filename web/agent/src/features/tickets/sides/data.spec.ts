import { api } from '@api'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { draftOf } from '../composer/drafts'
import { uploadedFile } from '../composer/uploads'
import { draftKind, openSide, restoreToSide, writtenTo } from './data'

const ticketId = 1
const write = (sideId: number, text: string, html = ''): void => {
  Object.assign(draftOf(ticketId, draftKind(sideId)), { text, html, files: [] })
}
const kept = { text: 'And when?', html: '', files: [] }

beforeEach(() => {
  vi.useFakeTimers()
  openSide.value = null
  write(4, '')
  write(5, '')
})
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

it('keeps half a thought for each side conversation', () => {
  write(4, 'And when', '<p>And <em>when</em></p>')
  expect(writtenTo(ticketId, 4)).toEqual({
    text: 'And when',
    html: '<p>And <em>when</em></p>',
    attachment_ids: [],
  })
  expect(writtenTo(ticketId, 5)).toBeNull()
})

it('waits for files that are on their way', () => {
  write(4, '')
  const file = uploadedFile({ id: 7, name: 'bill.pdf', size: 9, url: '/x' })
  draftOf(ticketId, draftKind(4)).files = [file, { ...file, key: 'b', fileId: null }]
  expect(writtenTo(ticketId, 4)).toBeNull()
  draftOf(ticketId, draftKind(4)).files = [file]
  expect(writtenTo(ticketId, 4)).toEqual({ text: '', attachment_ids: [7] })
})

it('gives what was taken back to the side conversation that goes on', async () => {
  vi.spyOn(api, 'get').mockResolvedValue({ items: [{ id: 4 }] })
  write(4, 'More')
  expect(await restoreToSide(ticketId, 4, kept)).toBe(true)
  expect(draftOf(ticketId, 'side-4').text).toBe('And when?\n\nMore')
  expect(openSide.value).toEqual({ ticketId, sideId: 4 })
})

it('leaves it to the composer when nothing of the side conversation is left', async () => {
  vi.spyOn(api, 'get').mockResolvedValue({ items: [] })
  openSide.value = { ticketId, sideId: 4 }
  expect(await restoreToSide(ticketId, 4, kept)).toBe(false)
  expect(openSide.value).toBeNull()
  expect(draftOf(ticketId, 'side-4').text).toBe('')
})
