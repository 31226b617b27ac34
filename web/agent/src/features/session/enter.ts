import { loadSession, patchMe } from '@/shared/session'
import { api } from '@api'
import { presenceAtSignIn } from './profile'

/** After signing in: know who it is, and take the state that they chose for this moment. */
export async function enter(): Promise<void> {
  const session = await loadSession(true)
  const wanted = presenceAtSignIn(session?.person.preferences ?? {})
  if (wanted === 'keep' || !session?.permissions.includes('presence.own')) return
  // a failure here must keep nobody out: the state can be set by hand
  await api
    .put('/me/presence', { state: wanted })
    .then(() => patchMe({ presence: wanted }))
    .catch(() => undefined)
}
