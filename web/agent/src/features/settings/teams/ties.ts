import type { ChannelKind, Id } from '@api'

/** What hangs on a team. */
export interface TeamTies {
  open_tickets: number
  channels: { id: Id; name: string; kind: ChannelKind }[]
  members: number
}

const pages: Record<ChannelKind, string> = {
  email: 'mailboxes',
  chat: 'widgets',
  form: 'forms',
  api: 'api-channels',
}

/** Where a channel gets another team. */
export const channelPath = ({ kind, id }: TeamTies['channels'][number]): string =>
  `/settings/${pages[kind]}/${String(id)}`

export type ArchiveStep = 'channels' | 'lastTeam' | 'tickets' | 'free'

/** What stands between a team and its archiving. */
export function archiveStep(ties: TeamTies, otherTeams: number): ArchiveStep {
  if (ties.channels.length) return 'channels'
  if (!otherTeams) return 'lastTeam'
  return ties.open_tickets ? 'tickets' : 'free'
}
