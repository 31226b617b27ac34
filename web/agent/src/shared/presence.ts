import { ApiError, api, type PresenceState } from '@api'
import { watch } from 'vue'
import { streamState } from '@/stream'
import { may, me, patchMe, session } from './session'

const STORE_KEY = 'ombud.presence'

/** What the person chose last in this browser; at first agents are here to work, administrators to look. */
function chosen(): PresenceState {
  const stored = localStorage.getItem(STORE_KEY)
  if (stored === 'online' || stored === 'away') return stored
  return me.value.role === 'agent' || me.value.role === 'supervisor' ? 'online' : 'away'
}

// Whether a notice bars the person: known before the page shows it, so that nothing tries again and again.
let isRefused = false

/** Choose a presence: shown at once, taken back if the server refuses. */
export async function choosePresence(state: PresenceState): Promise<void> {
  const before = me.value.presence
  patchMe({ presence: state })
  try {
    await api.put('/me/presence', { state })
    localStorage.setItem(STORE_KEY, state)
  } catch (error) {
    isRefused = isBarred(error)
    // a notice bars nobody who is online: whoever is refused is not, whatever a second try at once had shown
    patchMe({ presence: isBarred(error) && before === 'online' ? 'offline' : before })
    throw error
  }
}

/** Whether somebody may not come online before they have read a notice. */
const isBarred = (error: unknown): boolean => error instanceof ApiError && error.code === 'notices_unread'

/** Whoever was silent is offline for the server: an open desk takes the last choice up again. Returns how to stop. */
export function keepPresence(): () => void {
  isRefused = false
  return watch(
    [streamState, () => session.value?.person.presence],
    ([state, presence]) => {
      if (state !== 'live') isRefused = false
      // once refused, another try would be refused as well: they read what bars them first
      if (state === 'live' && presence === 'offline' && may('presence.own') && !isRefused)
        void choosePresence(chosen()).catch(() => undefined)
    },
    { immediate: true },
  )
}
