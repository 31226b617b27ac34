import { api, type Id, type Promised } from '@api'
import { useQuery } from '@tanstack/vue-query'
import type { Ref } from 'vue'
import { errorText } from '@/shared/errorText'
import { queryClient } from '@/shared/queryClient'
import { toast } from '@/shared/toasts'

interface PromisedList {
  items: Promised[]
}

const path = (ticketId: Id, rest = ''): string => `/tickets/${String(ticketId)}/promises${rest}`

/** What was promised on a ticket. */
export function usePromises(ticketId: Ref<Id>) {
  return useQuery({
    queryKey: ['promises', ticketId],
    queryFn: ({ signal }) => api.get<PromisedList>(path(ticketId.value), signal),
    shallow: true,
  })
}

async function act(ticketId: Id, request: () => Promise<PromisedList>): Promise<boolean> {
  try {
    queryClient.setQueryData(['promises', ticketId], await request())
    void queryClient.invalidateQueries({ queryKey: ['promise_list'] })
    return true
  } catch (error) {
    toast(errorText(error), { tone: 'bad' })
    return false
  }
}

export type Way = 'phone' | 'note' | 'in_person'

export const addPromise = (ticketId: Id, words: string, dueAt: string, way: Way): Promise<boolean> =>
  act(ticketId, () => api.post(path(ticketId), { words, due_at: dueAt, way }))

export const movePromise = (ticketId: Id, id: Id, dueAt: string, reason: string): Promise<boolean> =>
  act(ticketId, () => api.put(path(ticketId, `/${String(id)}/moment`), { due_at: dueAt, reason }))

export const endPromise = (
  ticketId: Id,
  id: Id,
  outcome: 'kept' | 'dropped',
  reason = '',
): Promise<boolean> => act(ticketId, () => api.put(path(ticketId, `/${String(id)}/end`), { outcome, reason }))
