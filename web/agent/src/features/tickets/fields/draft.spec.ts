import { api, type Ticket } from '@api'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { discardDraft, fieldDraft, rememberSeen, saveDraft } from './draft'

const ticket = { id: 7, type_id: 1, fields: {}, version: 1 } as unknown as Ticket
const answers: ((fields: Record<string, unknown>) => void)[] = []

/** The server answers when the test says so. */
function served() {
  return vi.spyOn(api, 'patch').mockImplementation(
    () =>
      new Promise((answer) => {
        answers.push((fields) => answer({ ...ticket, fields }))
      }),
  )
}

function enter(key: string, value: unknown): Promise<void> {
  rememberSeen(ticket, `fields.${key}`, ticket.fields[key])
  fieldDraft(7).fields = { ...fieldDraft(7).fields, [key]: value }
  return saveDraft(ticket)
}

afterEach(() => {
  discardDraft(7)
  vi.restoreAllMocks()
})

describe('saving what was entered on a ticket', () => {
  it('lets a quick second choice wait for the first and see it, so that nobody collides with themselves', async () => {
    const patch = served()
    const first = enter('area', 'east')
    await vi.waitFor(() => expect(answers).toHaveLength(1))
    const second = enter('area', 'east/shanghai')
    answers[0]?.({ area: 'east' })
    await first
    await vi.waitFor(() => expect(answers).toHaveLength(2))
    answers[1]?.({ area: 'east/shanghai' })
    await second
    expect(patch.mock.calls.map(([, body]) => body)).toEqual([
      { fields: { area: 'east' }, seen: { 'fields.area': null } },
      { fields: { area: 'east/shanghai' }, seen: { 'fields.area': 'east' } },
    ])
    expect(fieldDraft(7).fields).toEqual({})
  })

  it('asks once where a second change went along with the first', async () => {
    answers.length = 0
    const patch = served()
    fieldDraft(7).fields = { text: 'M-1', number: 3 }
    const both = [saveDraft(ticket), saveDraft(ticket)]
    await vi.waitFor(() => expect(answers).toHaveLength(1))
    answers[0]?.({ text: 'M-1', number: 3 })
    await Promise.all(both)
    expect(patch).toHaveBeenCalledTimes(1)
  })
})
