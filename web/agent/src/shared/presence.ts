import { api, type PresenceState } from '@api'
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

/** Choose a presence: shown at once, taken back if the server refuses. */
export async function choosePresence(state: PresenceState): Promise<void> {
  const before = me.value.presence
  patchMe({ presence: state })
  try {
    await api.put('/me/presence', { state })
    localStorage.setItem(STORE_KEY, state)
  } catch (error) {
    patchMe({ presence: before })
    throw error
  }
}

/** Whoever was silent is offline for the server: an open desk takes the last choice up again. Returns how to stop. */
export function keepPresence(): () => void {
  return watch(
    [streamState, () => session.value?.person.presence],
    ([state, presence]) => {
      if (state === 'live' && presence === 'offline' && may('presence.own'))
        void choosePresence(chosen()).catch(() => undefined)
    },
    { immediate: true },
  )
}
