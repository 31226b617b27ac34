export interface ScopeGroup {
  key: 'read' | 'work' | 'channel' | 'manage'
  scopes: string[]
}

/** What a program may be given, by what it is for. The server knows the same names. */
export const scopeGroups: ScopeGroup[] = [
  { key: 'channel', scopes: ['messages.write', 'outgoing.read', 'events.read'] },
  { key: 'read', scopes: ['tickets.read', 'customers.read'] },
  {
    key: 'work',
    scopes: [
      'tickets.write',
      'tickets.reply',
      'tickets.note',
      'tickets.assign',
      'customers.write',
      'canned_replies.manage',
    ],
  },
  {
    key: 'manage',
    scopes: [
      'intake.manage',
      'channels.manage',
      'people.manage',
      'teams.manage',
      'statuses.manage',
      'webhooks.manage',
      'rules.manage',
      'api_keys.manage',
    ],
  },
]

/** The key of a scope's words: no dot, because dots part the keys of word files. */
export const wordKey = (scope: string): string => scope.replace('.', '_')
