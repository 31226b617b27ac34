import type { Me } from '@api'

export type PresenceAtSignIn = 'keep' | 'online' | 'away'

export interface Profile extends Pick<
  Me,
  'name' | 'display_name' | 'staff_number' | 'locale' | 'time_zone' | 'theme' | 'signature'
> {
  presence: PresenceAtSignIn
}

/** What the preferences say of the state after signing in; unknown words mean: leave it as it was. */
export function presenceAtSignIn(preferences: Record<string, unknown>): PresenceAtSignIn {
  const said = preferences.presence_at_sign_in
  return said === 'online' || said === 'away' ? said : 'keep'
}

/** Only what differs from the person: two open tabs do not take back each other's changes. */
export function profileChange(profile: Profile, person: Me): Partial<Me> {
  const change: Record<string, unknown> = {}
  const { presence, ...fields } = profile
  for (const [field, value] of Object.entries(fields)) {
    const wanted = field === 'signature' || typeof value !== 'string' ? value : value.trim()
    if (wanted !== person[field as keyof Me]) change[field] = wanted
  }
  if (presence !== presenceAtSignIn(person.preferences))
    change.preferences = { ...person.preferences, presence_at_sign_in: presence }
  return change as Partial<Me>
}
