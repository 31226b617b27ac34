import type { Me } from '@api'

export type PresenceAtSignIn = 'keep' | 'online' | 'away'

export interface Profile extends Pick<
  Me,
  'name' | 'display_name' | 'staff_number' | 'locale' | 'time_zone' | 'theme' | 'signature'
> {
  presence: PresenceAtSignIn
  /** Whether a mention makes the person a follower of the ticket. */
  followsMentions: boolean
}

/** What the preferences say of the state after signing in; unknown words mean: leave it as it was. */
export function presenceAtSignIn(preferences: Record<string, unknown>): PresenceAtSignIn {
  const said = preferences.presence_at_sign_in
  return said === 'online' || said === 'away' ? said : 'keep'
}

/** Whether the person follows tickets whose notes name them; they do unless they switched it off. */
export function followsOnMention(preferences: Record<string, unknown>): boolean {
  return preferences.follow_on_mention !== false
}

/** Only what differs from the person: two open tabs do not take back each other's changes. */
export function profileChange(profile: Profile, person: Me): Partial<Me> {
  const change: Record<string, unknown> = {}
  const { presence, followsMentions, ...fields } = profile
  for (const [field, value] of Object.entries(fields)) {
    const wanted = field === 'signature' || typeof value !== 'string' ? value : value.trim()
    if (wanted !== person[field as keyof Me]) change[field] = wanted
  }
  const wanted: Record<string, unknown> = {}
  if (presence !== presenceAtSignIn(person.preferences)) wanted.presence_at_sign_in = presence
  if (followsMentions !== followsOnMention(person.preferences)) wanted.follow_on_mention = followsMentions
  if (Object.keys(wanted).length) change.preferences = { ...person.preferences, ...wanted }
  return change as Partial<Me>
}
