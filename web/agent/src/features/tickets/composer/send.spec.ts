import type { Timeline } from '@api'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { queryClient } from '@/shared/queryClient'
import { toasts } from '@/shared/toasts'
import { makeEntry } from '@/testing/fixtures'
import { serve, type Call } from '@/testing/server'
import { draftOf } from './drafts'
import { pendingOf } from './pending'
import { deliver, editPending, sendDraft, stale, undoReply } from './send'
import { takeUses, useInReply } from './uses'

let id = 500
const ids = (): number[] =>
  queryClient.getQueryData<Timeline>(['timeline', id])?.items.map((entry) => entry.id) ?? []
const posted = (calls: Call[]): unknown[] =>
  calls.filter((call) => call.method === 'POST').map((call) => call.body)

function answerReply(
  change: Record<string, unknown> = {},
): (call: Call) => { status: number; body: unknown } {
  return (call) => {
    const key = (call.body as { client_key: string }).client_key
    return {
      status: 201,
      body: makeEntry({ id: 20, ticket_id: id, direction: 'out', client_key: key, ...change }),
    }
  }
}

const reply = (): string => `POST /tickets/${String(id)}/replies`

beforeEach(() => {
  id += 1
  toasts.value = []
  queryClient.setQueryData<Timeline>(['timeline', id], {
    items: [makeEntry({ id: 10, ticket_id: id })],
    older: false,
  })
  draftOf(id, 'reply').text = 'On our way. '
})
afterEach(() => vi.unstubAllGlobals())

describe('sendDraft', () => {
  it('shows the message at once and empties the composer', async () => {
    serve({ [reply()]: answerReply() })
    const sending = sendDraft({ ticketId: id, kind: 'reply' })
    expect(pendingOf(id)).toMatchObject([{ text: 'On our way.', problem: '' }])
    expect(draftOf(id, 'reply').text).toBe('')
    expect(await sending).toBe(true)
    expect(pendingOf(id)).toEqual([])
    expect(ids()).toEqual([10, 20])
  })

  it('tells the server what the writer had seen', async () => {
    const calls = serve({ [reply()]: answerReply() })
    await sendDraft({ ticketId: id, kind: 'reply', solves: true })
    expect(posted(calls)[0]).toMatchObject({ last_seen_entry_id: 10, solve: true, text: 'On our way.' })
  })

  it('keeps a message that did not go out, with the way to send or edit it', async () => {
    serve({ [reply()]: { status: 503, body: { code: 'database_unavailable' } } })
    expect(await sendDraft({ ticketId: id, kind: 'reply' })).toBe(false)
    const [pending] = pendingOf(id)
    expect(pending?.problem).not.toBe('')
    if (pending) editPending(pending)
    expect(draftOf(id, 'reply').text).toBe('On our way.')
    expect(pendingOf(id)).toEqual([])
  })

  it('sends again under the same key, so that it arrives once', async () => {
    let isDown = true
    const calls = serve({ [reply()]: (call) => (isDown ? { status: 500 } : answerReply()(call)) })
    await sendDraft({ ticketId: id, kind: 'reply' })
    isDown = false
    const [pending] = pendingOf(id)
    if (pending) await deliver(pending)
    const keys = posted(calls).map((body) => (body as { client_key: string }).client_key)
    expect(keys).toHaveLength(2)
    expect(keys[0]).toBe(keys[1])
  })

  it('holds a stale reply back, shows what is newer, and sends on purpose', async () => {
    const newer = [makeEntry({ id: 15, ticket_id: id, text: 'Wait' })]
    const calls = serve({
      [reply()]: (call) =>
        (call.body as { force?: boolean }).force
          ? answerReply()(call)
          : { status: 409, body: { code: 'stale_reply', newer } },
    })
    expect(await sendDraft({ ticketId: id, kind: 'reply' })).toBe(false)
    expect(draftOf(id, 'reply').text).toBe('On our way.')
    expect(stale.get(id)).toMatchObject([{ id: 15 }])
    expect(ids()).toEqual([10, 15])
    expect(await sendDraft({ ticketId: id, kind: 'reply', isForced: true })).toBe(true)
    expect(stale.has(id)).toBe(false)
    expect(posted(calls)[1]).toMatchObject({ force: true })
  })

  it('sends a note to the notes and never to the replies', async () => {
    draftOf(id, 'note').text = 'Careful'
    const calls = serve({
      [`POST /tickets/${String(id)}/notes`]: answerReply({ kind: 'note', direction: null }),
    })
    await sendDraft({ ticketId: id, kind: 'note', mentions: [4] })
    expect(calls.filter((call) => call.method === 'POST').map((call) => call.path)).toEqual([
      `/tickets/${String(id)}/notes`,
    ])
    expect(posted(calls)[0]).toMatchObject({ text: 'Careful', mentions: [4] })
    expect(draftOf(id, 'reply').text).toBe('On our way. ')
  })

  it('offers to take it back as long as it waits', async () => {
    const delivery = {
      state: 'queued',
      not_before: new Date(Date.now() + 9_000).toISOString(),
      problem: null,
      sent_at: null,
      delivered_at: null,
      read_at: null,
      can_undo: true,
    }
    serve({ [reply()]: answerReply({ delivery }) })
    await sendDraft({ ticketId: id, kind: 'reply' })
    expect(toasts.value.at(-1)).toMatchObject({ hasCountdown: true })
    expect(toasts.value.at(-1)?.action).toBeDefined()
  })
})

describe('articles in an answer', () => {
  const noted = (calls: Call[]): unknown[] =>
    calls.filter((call) => call.path === '/article-uses').map((call) => call.body)
  const use = (article: number) => ({ article_id: article, version_id: 70, ticket_id: id, entry_id: 20 })
  beforeEach(() => takeUses(id))

  it('are counted once when it is sent, and not in the next one', async () => {
    const calls = serve({ [reply()]: answerReply(), 'POST /article-uses': { status: 204 } })
    for (const article of [7, 8, 7]) useInReply(id, { id: article, version_id: 70 })
    await sendDraft({ ticketId: id, kind: 'reply' })
    expect(noted(calls)).toEqual([use(8), use(7)])
    draftOf(id, 'reply').text = 'More'
    await sendDraft({ ticketId: id, kind: 'reply' })
    expect(noted(calls)).toHaveLength(2)
  })

  it('are counted when it goes out at last, not when it is refused', async () => {
    let isDown = true
    const calls = serve({
      [reply()]: (call) => (isDown ? { status: 503 } : answerReply()(call)),
      'POST /article-uses': { status: 204 },
    })
    useInReply(id, { id: 7, version_id: 70 })
    await sendDraft({ ticketId: id, kind: 'reply' })
    const [pending] = pendingOf(id)
    if (pending) editPending(pending)
    expect(noted(calls)).toEqual([])
    isDown = false
    await sendDraft({ ticketId: id, kind: 'reply' })
    expect(noted(calls)).toEqual([use(7)])
  })

  it('come back with an answer that is taken back, and wait for notes to pass by', async () => {
    const gone = { body: { text: 'Sent', details: {}, attachments: [] } }
    serve({
      [reply()]: answerReply(),
      [`DELETE /tickets/${String(id)}/replies/20`]: gone,
      [`POST /tickets/${String(id)}/notes`]: answerReply({ id: 21, kind: 'note', direction: null }),
      'POST /article-uses': { status: 500 },
    })
    useInReply(id, { id: 7, version_id: 70 })
    draftOf(id, 'note').text = 'Careful'
    await sendDraft({ ticketId: id, kind: 'note' })
    await sendDraft({ ticketId: id, kind: 'reply' })
    await undoReply(makeEntry({ id: 20, ticket_id: id, direction: 'out', text: 'Sent' }))
    expect(takeUses(id)).toEqual([{ article_id: 7, version_id: 70 }])
  })
})

describe('undoReply', () => {
  const sent = () => makeEntry({ id: 20, ticket_id: id, direction: 'out', text: 'Sent text' })

  it('puts the text back into the composer and takes the entry away', async () => {
    draftOf(id, 'reply').text = ''
    const to = [{ name: '', address: 'ben@x.example' }]
    const attachments = [{ id: 7, token: 't', name: 'bill.pdf', type: 'application/pdf', size: 9, url: '/x' }]
    const body = { text: 'Sent text', details: { to, cc: [] }, attachments }
    serve({ [`DELETE /tickets/${String(id)}/replies/20`]: { body } })
    queryClient.setQueryData<Timeline>(['timeline', id], { items: [sent()], older: false })
    await undoReply(sent())
    expect(ids()).toEqual([])
    expect(draftOf(id, 'reply')).toMatchObject({ text: 'Sent text', to, cc: [], files: [{ fileId: 7 }] })
  })

  it('says so when it has left already', async () => {
    serve({
      [`DELETE /tickets/${String(id)}/replies/20`]: {
        status: 409,
        body: { code: 'already_sent', detail: 'It has left.' },
      },
    })
    queryClient.setQueryData<Timeline>(['timeline', id], { items: [sent()], older: false })
    await undoReply(sent())
    expect(ids()).toEqual([20])
    expect(toasts.value.at(-1)).toMatchObject({ tone: 'bad' })
  })
})
