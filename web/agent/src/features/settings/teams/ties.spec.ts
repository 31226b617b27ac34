import { describe, expect, it } from 'vitest'
import { archiveStep, channelPath, type TeamTies } from './ties'

const mailbox = { id: 7, name: 'Help', kind: 'email' as const }
const ties = (change: Partial<TeamTies> = {}): TeamTies => ({
  open_tickets: 0,
  channels: [],
  members: 2,
  ...change,
})

describe('archiveStep', () => {
  it.each([
    ['channels', ties({ channels: [mailbox], open_tickets: 3 }), 0],
    ['lastTeam', ties({ open_tickets: 3 }), 0],
    ['tickets', ties({ open_tickets: 3 }), 1],
    ['free', ties(), 1],
  ] as const)('is %s, whatever else hangs on the team', (step, found, others) =>
    expect(archiveStep(found, others)).toBe(step),
  )
})

it('leads to the page where a channel gets another team', () => {
  expect(channelPath(mailbox)).toBe('/settings/mailboxes/7')
  expect(channelPath({ ...mailbox, kind: 'chat' })).toBe('/settings/widgets/7')
})
