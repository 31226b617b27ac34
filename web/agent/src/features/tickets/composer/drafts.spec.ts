import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { serve, type Call } from '@/testing/server'
import { clearDraft, draftOf, loadDraft, refreshDraft, restoreDraft, settleDraft, touchDraft } from './drafts'
import { uploadedFile } from './uploads'

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

  it('keep their marks and pictures, and leave out pictures that were taken out', async () => {
    const calls = serve({ [`PUT ${path}`]: { status: 204 } })
    const html = '<p><strong>a</strong><img src="cid:file-7" alt="x.png"></p>'
    const file = (id: number) => uploadedFile({ id, name: 'x.png', size: 1, url: '/x.png' }, html)
    const gone = { ...file(8), isPicture: true }
    Object.assign(draftOf(ticketId, 'reply'), { html, files: [file(7), gone] })
    write('a[x.png]')
    await vi.advanceTimersByTimeAsync(2_000)
    expect(calls[0]?.body).toEqual({ text: 'a[x.png]', details: { html, attachment_ids: [7] } })
  })

  it('come back from the server with marks', async () => {
    const html = '<p><img src="cid:file-7" alt="x.png"></p>'
    const attachments = [{ id: 7, name: 'x.png', size: 1, token: 't', type: 'image/png', url: '/x.png' }]
    const draft = {
      kind: 'reply',
      text: '[x.png]',
      details: { html },
      updated_at: '',
      version: 2,
      attachments,
    }
    serve({ [`GET ${path}`]: { body: draft } })
    await loadDraft(ticketId, 'reply')
    expect(draftOf(ticketId, 'reply')).toMatchObject({ html, files: [{ isPicture: true, url: '/x.png' }] })
  })

  it('that were taken back stand above what was written since, with the marks of both', () => {
    Object.assign(draftOf(ticketId, 'reply'), { text: 'later & more', html: '' })
    restoreDraft(ticketId, 'reply', { text: 'first', html: '<p><strong>first</strong></p>' })
    expect(draftOf(ticketId, 'reply')).toMatchObject({
      text: 'first\n\nlater & more',
      html: '<p><strong>first</strong></p><p></p><p>later &amp; more</p>',
    })
  })

  it('come back from the server', async () => {
    const cc = [{ name: '', address: 'a@b.example' }]
    const draft = { kind: 'reply', text: 'Earlier', details: { cc, to: cc }, updated_at: '', attachments: [] }
    serve({ [`GET ${path}`]: { body: draft } })
    await loadDraft(ticketId, 'reply')
    expect(draftOf(ticketId, 'reply')).toMatchObject({ text: 'Earlier', cc, to: cc, files: [] })
  })

  it('bring their files back, to be seen, removed and sent', async () => {
    const file = { id: 7, token: 't', name: 'bill.pdf', type: 'application/pdf', size: 9, url: '/x' }
    const details = { attachment_ids: [7, 8] }
    const calls = serve({
      [`GET ${path}`]: { body: { kind: 'reply', text: '', details, updated_at: '', attachments: [file] } },
      [`DELETE ${path}`]: { status: 204 },
    })
    await loadDraft(ticketId, 'reply')
    const state = draftOf(ticketId, 'reply')
    expect(state.files).toMatchObject([{ name: 'bill.pdf', fileId: 7, progress: 1, problem: '' }])
    state.files = []
    touchDraft(ticketId, 'reply')
    await vi.advanceTimersByTimeAsync(2_000)
    expect(writes(calls)).toEqual(['DELETE'])
  })

  it('are not overwritten by an answer that comes late', async () => {
    serve({
      [`GET ${path}`]: {
        body: { kind: 'reply', text: 'Earlier', details: {}, updated_at: '', attachments: [] },
      },
    })
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

  describe('in two windows', () => {
    const other = { kind: 'reply', text: 'There', details: {}, updated_at: '', version: 4, attachments: [] }
    const refusal = { status: 409, body: { code: 'draft_changed', detail: '', draft: other } }

    it('wait for a decision where the other one was quicker', async () => {
      const calls = serve({ [`GET ${path}`]: { body: null }, [`PUT ${path}`]: refusal })
      await loadDraft(ticketId, 'reply')
      write('Here')
      await vi.advanceTimersByTimeAsync(30_000)
      expect(calls.filter((call) => call.method === 'PUT')).toHaveLength(1)
      expect(calls.at(-1)?.body).toEqual({ text: 'Here', details: {}, version: 0 })
      expect(draftOf(ticketId, 'reply')).toMatchObject({ text: 'Here', other: { text: 'There' } })
      settleDraft(ticketId, 'reply', 'theirs')
      expect(draftOf(ticketId, 'reply')).toMatchObject({ text: 'There', save: 'saved', version: 4 })
    })

    it('go on with this one from the version of the other', async () => {
      let answers: object[] = [refusal, { body: { version: 5 } }]
      const calls = serve({
        [`GET ${path}`]: { body: null },
        [`PUT ${path}`]: () => {
          const [first, ...rest] = answers
          answers = rest
          return first as { status?: number; body?: unknown }
        },
      })
      await loadDraft(ticketId, 'reply')
      write('Here')
      await vi.advanceTimersByTimeAsync(2_000)
      settleDraft(ticketId, 'reply', 'mine')
      await vi.advanceTimersByTimeAsync(2_000)
      expect(calls.at(-1)?.body).toEqual({ text: 'Here', details: {}, version: 4 })
      expect(draftOf(ticketId, 'reply')).toMatchObject({ save: 'saved', version: 5 })
    })

    it('show what the other one has when they come to the front, unless something waits here', async () => {
      let found: object | null = null
      serve({ [`GET ${path}`]: () => ({ body: found }), [`PUT ${path}`]: { body: { version: 5 } } })
      await loadDraft(ticketId, 'reply')
      found = other
      await refreshDraft(ticketId, 'reply')
      expect(draftOf(ticketId, 'reply').text).toBe('There')
      write('Here')
      await refreshDraft(ticketId, 'reply')
      expect(draftOf(ticketId, 'reply').text).toBe('Here')
      await vi.advanceTimersByTimeAsync(2_000)
      found = null
      await refreshDraft(ticketId, 'reply')
      expect(draftOf(ticketId, 'reply')).toMatchObject({ text: '', version: 0 })
    })
  })
})
