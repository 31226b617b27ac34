import type { Ticket } from '@api'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { queryClient } from '@/shared/queryClient'
import { toasts } from '@/shared/toasts'
import { makeTicket } from '@/testing/fixtures'
import { serve } from '@/testing/server'
import { assign, setPriority, setTags, snooze } from './verbs'

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
    expect(calls[0]?.body).toEqual({ priority: 4 })
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
    expect(calls[1]?.body).toEqual({ assignee_id: 7, team_id: 1, force: true })
  })

  it('snooze until a moment and wake with null', async () => {
    const calls = serve({ 'PUT /tickets/1/snooze': { body: ticket } })
    await snooze(ticket, '2026-12-01T09:00:00Z')
    await snooze(ticket, null)
    expect(calls.map((call) => call.body)).toEqual([{ until: '2026-12-01T09:00:00Z' }, { until: null }])
  })
})
