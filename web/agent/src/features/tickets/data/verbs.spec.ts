import type { Status, Ticket } from '@api'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { queryClient } from '@/shared/queryClient'
import { toasts } from '@/shared/toasts'
import { makeTicket } from '@/testing/fixtures'
import { signIn } from '@/testing/mount'
import { serve } from '@/testing/server'
import { joining } from '../merge/joining'
import { assign, setPriority, setStatus, setTags, snooze } from './verbs'

const ticket = makeTicket({ id: 1 })
const shown = (): Ticket | undefined => queryClient.getQueryData<Ticket>(['ticket', 1])

beforeEach(() => {
  queryClient.clear()
  toasts.value = []
  queryClient.setQueryData(['ticket', 1], ticket)
})
afterEach(() => vi.unstubAllGlobals())

describe('verbs', () => {
  it('show a change before the server has answered', async () => {
    const calls = serve({ 'PATCH /tickets/1': { body: ticket } })
    const asking = setPriority(ticket, 4)
    expect(shown()?.priority).toBe(4)
    expect(await asking).toBe(true)
    expect(calls[0]?.body).toEqual({ priority: 4, seen: { priority: 2 } })
  })

  it('take it back with an explanation when the server refuses', async () => {
    serve({ 'PATCH /tickets/1': { status: 403, body: { code: 'not_allowed', detail: 'No' } } })
    expect(await setTags(ticket, ['vip'])).toBe(false)
    expect(shown()?.tags).toEqual([])
    expect(toasts.value.at(-1)?.tone).toBe('bad')
  })

  it('offer to assign to a full agent on purpose', async () => {
    const calls = serve({
      'PUT /tickets/1/assignment': (call) =>
        (call.body as { force?: boolean }).force
          ? { body: ticket }
          : { status: 409, body: { code: 'agent_full', detail: 'Full' } },
    })
    expect(await assign(ticket, 7, 1)).toBe(false)
    expect(shown()?.assignee_id).toBe(1)
    toasts.value.at(-1)?.action?.run()
    await vi.waitFor(() => expect(calls.at(-1)?.method === 'PUT' && calls.length).toBe(2))
    expect(calls[1]?.body).toEqual({
      assignee_id: 7,
      team_id: 1,
      force: true,
      seen: { assignee_id: 1, team_id: 1 },
    })
  })

  it.each([
    ['all', { solve_children: true }],
    ['alone', { force_children: true }],
  ] as const)('ask about open tickets below, and solve %s', async (way, wanted) => {
    const refused = { code: 'children_open', detail: 'Open', children: [7], can_force: true }
    const calls = serve({
      'PATCH /tickets/1': (call) =>
        Object.keys(wanted).every((key) => key in (call.body as object)) ||
        (call.body as { status_id: number }).status_id !== 5
          ? { body: { ...ticket, solved_along: [{ id: 7, status_id: 2, snoozed_until: null }] } }
          : { status: 409, body: refused },
      'PATCH /tickets/7': { body: ticket },
      'PUT /tickets/1/assignment': { body: ticket },
      'PUT /tickets/1/snooze': { body: ticket },
    })
    const solved = { id: 5, category: 'solved', name_en: 'Solved', name_zh: '已办结' } as Status
    expect(await setStatus(ticket, solved)).toBe(false)
    expect(shown()?.status_id).toBe(ticket.status_id)
    expect(toasts.value).toEqual([])
    const asked = joining.value
    expect(asked).toMatchObject({ kind: 'children', children: [7], canForce: true })
    if (asked?.kind === 'children') asked.solve(way)
    await vi.waitFor(() => expect(calls.length).toBe(2))
    expect(calls[1]?.body).toMatchObject({ status_id: 5, ...wanted })
    joining.value = null
    // taking it back opens those below again, unless somebody has touched them since
    await vi.waitFor(() => expect(toasts.value.length).toBe(1))
    toasts.value.at(-1)?.action?.run()
    await vi.waitFor(() => expect(calls.at(-1)?.path.endsWith('/tickets/7')).toBe(true))
    expect(calls.at(-1)?.body).toEqual({ status_id: 2, seen: { status_id: 5 } })
  })

  it('put status, holder and sleep back as they were when a solve is undone', async () => {
    signIn({}, ['tickets.assign'])
    const until = new Date(Date.now() + 3_600_000).toISOString()
    const before = makeTicket({ id: 1, snoozed_until: until })
    const calls = serve({
      'PATCH /tickets/1': { body: before },
      'PUT /tickets/1/assignment': { body: before },
      'PUT /tickets/1/snooze': { body: before },
    })
    const solved = { id: 9, category: 'solved', name_en: 'Solved', name_zh: '已办结' } as Status
    await setStatus(before, solved)
    expect(shown()?.category).toBe('solved')
    expect(toasts.value.at(-1)).toMatchObject({ text: 'tickets.done.status', hasCountdown: true })
    toasts.value.at(-1)?.action?.run()
    await vi.waitFor(() => expect(shown()).toMatchObject({ category: 'open', snoozed_until: until }))
    expect(calls.slice(1).map((call) => [call.path, call.body])).toEqual([
      ['/tickets/1', { status_id: 1 }],
      ['/tickets/1/assignment', { assignee_id: 1, team_id: 1, force: true }],
      ['/tickets/1/snooze', { until }],
    ])
  })

  it('give a ticket back to whom it was taken from', async () => {
    signIn({}, ['tickets.assign'])
    const calls = serve({
      'PATCH /tickets/1': { body: ticket },
      'PUT /tickets/1/assignment': { body: ticket },
      'PUT /tickets/1/snooze': { body: ticket },
    })
    await assign(ticket, null, 4)
    expect(toasts.value.at(-1)?.text).toBe('tickets.done.moved')
    toasts.value.at(-1)?.action?.run()
    await vi.waitFor(() => expect(shown()).toMatchObject({ assignee_id: 1, team_id: 1 }))
    expect(calls[2]?.body).toEqual({ assignee_id: 1, team_id: 1, force: true })
  })

  it('say so when an undo comes too late', async () => {
    let isGone = false
    serve({ 'PUT /tickets/1/snooze': () => (isGone ? { status: 404, body: { code: 'not_found' } } : {}) })
    await snooze(ticket, '2036-12-01T09:00:00Z')
    isGone = true
    toasts.value.at(-1)?.action?.run()
    await vi.waitFor(() => expect(toasts.value.at(-1)?.tone).toBe('bad'))
  })

  it('snooze until a moment and wake with null', async () => {
    const calls = serve({ 'PUT /tickets/1/snooze': { body: ticket } })
    await snooze(ticket, '2026-12-01T09:00:00Z')
    await snooze(ticket, null)
    expect(calls.map((call) => call.body)).toEqual([{ until: '2026-12-01T09:00:00Z' }, { until: null }])
  })
})
