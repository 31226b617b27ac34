import {
  api,
  type BreakReason,
  type Hand,
  type HandList,
  type Id,
  type MyState,
  type PresenceIn,
  type Word,
} from '@api'
import { useQuery } from '@tanstack/vue-query'
import { computed, ref } from 'vue'
import { errorText } from '@/shared/errorText'
import { queryClient } from '@/shared/queryClient'
import { may, me, patchMe } from '@/shared/session'
import { toast } from '@/shared/toasts'
import { onStream } from '@/stream'

const ME = ['floor', 'me']
const HANDS = ['floor', 'hands']
const STORE_KEY = 'ombud.presence'

/** What one is oneself, with one's break. */
export function useMyState() {
  return useQuery({
    queryKey: ME,
    queryFn: ({ signal }) => api.get<MyState>('/me/state', signal),
    enabled: computed(() => may('presence.own')),
    staleTime: Infinity,
  })
}

/** Hands that are up and concern oneself. */
export function useHands() {
  return useQuery({
    queryKey: HANDS,
    queryFn: ({ signal }) => api.get<HandList>('/hands', signal),
    enabled: computed(() => may('presence.own')),
    staleTime: Infinity,
  })
}

function tell(error: unknown): void {
  toast(errorText(error), { tone: 'bad' })
}

/** Choose a state; the page shows it at once and goes back if the server refuses. */
export async function chooseState(data: PresenceIn): Promise<void> {
  const before = me.value.presence
  patchMe({ presence: data.state })
  try {
    await api.put('/me/presence', data)
    if (data.state === 'online' || data.state === 'away') localStorage.setItem(STORE_KEY, data.state)
    await queryClient.invalidateQueries({ queryKey: ME })
  } catch (error) {
    patchMe({ presence: before })
    tell(error)
  }
}

async function breakVerb(call: () => Promise<MyState>): Promise<void> {
  try {
    const found = await call()
    queryClient.setQueryData(ME, found)
    patchMe({ presence: found.state })
  } catch (error) {
    tell(error)
  }
}

export const askBreak = (reason: BreakReason): Promise<void> =>
  breakVerb(() => api.post<MyState>('/me/break', { reason }))
export const startBreak = (): Promise<void> => breakVerb(() => api.put<MyState>('/me/break/start', {}))
export const withdrawBreak = (): Promise<void> =>
  breakVerb(() => api.put<MyState>('/me/break/withdrawal', {}))

/** Whether the panel of hands is open. */
export const areHandsOpen = ref(false)

async function handVerb(call: () => Promise<Hand>): Promise<boolean> {
  try {
    await call()
    await queryClient.invalidateQueries({ queryKey: HANDS })
    return true
  } catch (error) {
    tell(error)
    return false
  }
}

export const raiseHand = (data: {
  ticket_id?: Id | null
  wants?: Hand['wants']
  question?: string
}): Promise<boolean> => handVerb(() => api.post<Hand>('/hands', data))
export const takeHand = (id: Id): Promise<boolean> =>
  handVerb(() => api.put<Hand>(`/hands/${String(id)}/taking`, {}))
export const sayAtHand = (id: Id, text: string): Promise<boolean> =>
  handVerb(() => api.post<Hand>(`/hands/${String(id)}/words`, { text }))
export const endHand = (id: Id): Promise<boolean> =>
  handVerb(() => api.put<Hand>(`/hands/${String(id)}/end`, {}))

/** What was whispered on a ticket to oneself or by oneself. */
export const whispersKey = (ticketId: Id): unknown[] => ['whispers', ticketId]

function hearWhisper(word: Word, onWhisper: (word: Word) => void): void {
  if (word.hand_id !== null) {
    void queryClient.invalidateQueries({ queryKey: HANDS })
    if (word.from_id !== me.value.id) onWhisper(word)
    return
  }
  if (word.ticket_id === null) return
  queryClient.setQueryData<Word[]>(whispersKey(word.ticket_id), (old) =>
    old && !old.some((one) => one.id === word.id) ? [...old, word] : old,
  )
  if (word.from_id !== me.value.id) onWhisper(word)
}

/** Keep what the page knows of the floor; returns how to stop. `onWhisper`: somebody said something to oneself. */
export function followFloor(onWhisper: (word: Word) => void): () => void {
  const stops = [
    onStream('floor', ({ what }) => {
      void queryClient.invalidateQueries({ queryKey: ['floor', what] })
    }),
    onStream('presence', ({ person_id: id }) => {
      if (id === me.value.id) void queryClient.invalidateQueries({ queryKey: ME })
    }),
    onStream('whisper', (word) => hearWhisper(word, onWhisper)),
    onStream('reset', () => void queryClient.invalidateQueries({ queryKey: ['floor'] })),
  ]
  return () => stops.forEach((stop) => stop())
}
