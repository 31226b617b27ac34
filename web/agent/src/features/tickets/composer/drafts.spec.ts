import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { serve, type Call } from '@/testing/server'
import { clearDraft, draftOf, loadDraft, restoreDraft, touchDraft } from './drafts'

let ticketId = 100
let path = ''
const writes = (calls: Call[]): string[] =>
  calls.filter((call) => call.method !== 'GET').map((call) => call.method)

beforeEach(() => {
  vi.useFakeTimers()
  ticketId += 1
  path = `/tickets/${String(ticketId)}/drafts/reply`
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

function write(text: string): void {
  draftOf(ticketId, 'reply').text = text
  touchDraft(ticketId, 'reply')
}

describe('drafts', () => {
  it('are saved once when the writer pauses', async () => {
    const calls = serve({ [`PUT ${path}`]: { status: 204 } })
    write('He')
    await vi.advanceTimersByTimeAsync(300)
    write('Hello')
    await vi.advanceTimersByTimeAsync(2_000)
    expect(calls.map((call) => call.body)).toEqual([{ text: 'Hello', details: {} }])
    expect(draftOf(ticketId, 'reply').save).toBe('saved')
  })

  it('stay in memory and are tried again when saving fails', async () => {
    let isDown = true
    const calls = serve({ [`PUT ${path}`]: () => (isDown ? { status: 503 } : { status: 204 }) })
    write('Hello')
    await vi.advanceTimersByTimeAsync(1_000)
    expect(draftOf(ticketId, 'reply')).toMatchObject({ text: 'Hello', save: 'failed' })
    isDown = false
    await vi.advanceTimersByTimeAsync(10_000)
    expect(draftOf(ticketId, 'reply').save).toBe('saved')
    expect(calls).toHaveLength(2)
  })

  it('come back from the server', async () => {
    const cc = [{ name: '', address: 'a@b.example' }]
    serve({ [`GET ${path}`]: { body: { kind: 'reply', text: 'Earlier', details: { cc }, updated_at: '' } } })
    await loadDraft(ticketId, 'reply')
    expect(draftOf(ticketId, 'reply')).toMatchObject({ text: 'Earlier', cc })
  })

  it('are not overwritten by an answer that comes late', async () => {
    serve({ [`GET ${path}`]: { body: { kind: 'reply', text: 'Earlier', details: {}, updated_at: '' } } })
    const loading = loadDraft(ticketId, 'reply')
    write('Now')
    await loading
    expect(draftOf(ticketId, 'reply').text).toBe('Now')
  })

  it('are asked for once', async () => {
    const calls = serve({ [`GET ${path}`]: { body: null } })
    await loadDraft(ticketId, 'reply')
    await loadDraft(ticketId, 'reply')
    expect(calls).toHaveLength(1)
    expect(draftOf(ticketId, 'reply')).toMatchObject({ text: '', save: 'clean' })
  })

  it('are asked for again after a line that broke', async () => {
    const calls = serve({ [`GET ${path}`]: { status: 503 } })
    await loadDraft(ticketId, 'reply')
    await loadDraft(ticketId, 'reply')
    expect(calls).toHaveLength(2)
  })

  it('that were sent are not brought back by a late save', async () => {
    const calls = serve({ [`PUT ${path}`]: { status: 204 }, [`DELETE ${path}`]: { status: 204 } })
    write('Hello')
    clearDraft(ticketId, 'reply')
    await vi.advanceTimersByTimeAsync(3_000)
    expect(writes(calls)).toEqual(['DELETE'])
    expect(draftOf(ticketId, 'reply')).toMatchObject({ text: '', save: 'clean' })
  })

  it('keep what was written since when a text is put back', () => {
    serve({})
    write('New thought')
    restoreDraft(ticketId, 'reply', { text: 'Taken back' })
    expect(draftOf(ticketId, 'reply').text).toBe('Taken back\n\nNew thought')
  })

  it('of notes and replies are apart', () => {
    serve({})
    write('to the customer')
    expect(draftOf(ticketId, 'note').text).toBe('')
  })
})
