import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { serve } from '@/testing/server'
import {
  dropShared,
  hearShared,
  keepTheirs,
  loadShared,
  sharingOf,
  takeOver,
  writeShared,
} from './sharedDraft'

let id = 500
let path = ''
const draft = (text: string, version: number) => ({
  text,
  version,
  edited_by: 7,
  name: 'Mo',
  updated_at: '2026-11-22T06:00:00Z',
})

beforeEach(() => {
  vi.useFakeTimers()
  id += 1
  path = `/tickets/${String(id)}/shared-draft`
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

describe('the shared draft', () => {
  it('opens by itself where the team has written', async () => {
    serve({ [`GET ${path}`]: { body: draft('Dear', 3) } })
    await loadShared(id)
    expect(sharingOf(id)).toMatchObject({ text: 'Dear', version: 3, isOpen: true, state: 'clean' })
  })

  it('is saved from the version that it was read at', async () => {
    const calls = serve({ [`PUT ${path}`]: { body: draft('Hello', 9) } })
    writeShared(id, 'Hel')
    writeShared(id, 'Hello')
    await vi.advanceTimersByTimeAsync(1_000)
    expect(calls.map((call) => call.body)).toEqual([{ text: 'Hello', version: 0 }])
    expect(sharingOf(id)).toMatchObject({ version: 9, state: 'clean', by: { name: 'Mo' } })
  })

  it('keeps its marks, here and on the server', async () => {
    const html = '<ul><li><p>Hello</p></li></ul>'
    const calls = serve({ [`PUT ${path}`]: { body: { ...draft('- Hello', 9), html } } })
    writeShared(id, '- Hello', html)
    await vi.advanceTimersByTimeAsync(1_000)
    expect(calls[0]?.body).toEqual({ text: '- Hello', html, version: 0 })
    serve({ [`GET ${path}`]: { body: { ...draft('- Hi', 10), html: '<ul><li><p>Hi</p></li></ul>' } } })
    await loadShared(id)
    expect(sharingOf(id).html).toBe('<ul><li><p>Hi</p></li></ul>')
  })

  it('meets a colleague: theirs is shown, and nothing is sent until the person chooses', async () => {
    const refusal = {
      status: 409,
      body: { code: 'shared_draft_changed', detail: '', draft: draft('Theirs', 4) },
    }
    const calls = serve({ [`PUT ${path}`]: refusal })
    writeShared(id, 'Mine')
    await vi.advanceTimersByTimeAsync(1_000)
    writeShared(id, 'Mine, longer')
    await vi.advanceTimersByTimeAsync(5_000)
    expect(calls).toHaveLength(1)
    expect(sharingOf(id)).toMatchObject({ text: 'Mine, longer', state: 'taken', theirs: { text: 'Theirs' } })
    keepTheirs(id)
    expect(sharingOf(id)).toMatchObject({ text: 'Theirs', version: 4, state: 'clean' })
  })

  it('is taken over on purpose', async () => {
    const calls = serve({ [`PUT ${path}`]: { body: draft('Mine', 5) } })
    Object.assign(sharingOf(id), { text: 'Mine', state: 'taken', theirs: draft('Theirs', 4) })
    await takeOver(id)
    expect(calls[0]?.body).toEqual({ text: 'Mine', version: 4 })
    expect(sharingOf(id)).toMatchObject({ version: 5, state: 'clean' })
  })

  it('hears of another version, and not of its own', async () => {
    const calls = serve({ [`GET ${path}`]: { body: draft('New', 6) } })
    Object.assign(sharingOf(id), { version: 5 })
    hearShared({ ticket_id: id, version: 5 })
    hearShared({ ticket_id: id, version: 6 })
    await vi.advanceTimersByTimeAsync(500)
    expect(calls).toHaveLength(1)
    expect(sharingOf(id).text).toBe('New')
  })

  it('is thrown away as the version that was seen', async () => {
    const calls = serve({ [`DELETE ${path}?version=5`]: { status: 204 } })
    Object.assign(sharingOf(id), { text: 'Mine', version: 5, isOpen: true })
    await dropShared(id)
    expect(calls).toHaveLength(1)
    expect(sharingOf(id)).toMatchObject({ text: '', version: 0, isOpen: false })
  })
})
