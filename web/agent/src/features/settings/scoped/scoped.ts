import { may } from '@/shared/session'
import type { CannedReply, Id } from '@api'

/** What everybody, a team or one person keeps for reuse. */
export interface Scoped {
  id: Id
  title: string
  scope: CannedReply['scope']
  team_id: Id | null
  uses: number
  /** What it names that is gone. */
  problems?: { place: string; code: string }[]
}

export const mayShare = (): boolean => may('canned_replies.manage')

export const mayChange = (item: Scoped): boolean => (item.scope === 'own' ? may('tickets.reply') : mayShare())

export const scopeTone = (item: Scoped): 'info' | 'gold' | 'plain' =>
  item.scope === 'own' ? 'info' : item.scope === 'team' ? 'gold' : 'plain'

/** For whom something new is to begin with, and as the server takes it. */
export const firstScope = (item: Scoped | null): Scoped['scope'] =>
  item?.scope ?? (mayShare() ? 'all' : 'own')
export const scopeBody = (values: { scope: Scoped['scope']; team_id: Id }) => ({
  scope: values.scope,
  team_id: values.scope === 'team' ? values.team_id : null,
})
