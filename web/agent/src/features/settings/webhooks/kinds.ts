export interface KindGroup {
  key: 'tickets' | 'clocks' | 'promises' | 'rules' | 'messages' | 'desk'
  kinds: string[]
}

export const EVERY_KIND = '*'

/** Events worth telling other systems, by what they are about. */
export const kindGroups: KindGroup[] = [
  {
    key: 'tickets',
    kinds: [
      'ticket_opened',
      'ticket_reopened',
      'ticket_assigned',
      'ticket_moved',
      'ticket_changed',
      'ticket_solved',
      'ticket_woke',
      'ticket_merged',
      'ticket_unmerged',
      'ticket_split',
      'ticket_linked',
      'ticket_unlinked',
    ],
  },
  {
    key: 'clocks',
    kinds: [
      'clock_started',
      'clock_paused',
      'clock_resumed',
      'clock_moved',
      'clock_warned',
      'clock_breached',
      'clock_escalated',
      'clock_met',
      'clock_dropped',
      'clock_acknowledged',
    ],
  },
  {
    key: 'promises',
    kinds: [
      'promise_made',
      'promise_moved',
      'promise_kept',
      'promise_broken',
      'promise_dropped',
      'promise_undone',
    ],
  },
  { key: 'rules', kinds: ['rule_ran', 'rule_changed'] },
  {
    key: 'messages',
    kinds: ['message_received', 'reply_sent', 'reply_undone', 'note_added', 'delivery_changed'],
  },
  {
    key: 'desk',
    kinds: [
      'customer_changed',
      'message_set_aside',
      'presence_changed',
      'channel_changed',
      'field_changed',
      'ticket_type_changed',
    ],
  },
]

const known = kindGroups.flatMap((group) => group.kinds)

/** The kinds to send after those of a group were chosen; kinds that this page does not know stay. */
export function withChosen(kinds: string[], group: string[], chosen: string[]): string[] {
  const wanted = new Set([...kinds.filter((kind) => !group.includes(kind)), ...chosen])
  wanted.delete(EVERY_KIND)
  return [...known.filter((kind) => wanted.has(kind)), ...[...wanted].filter((kind) => !known.includes(kind))]
}
