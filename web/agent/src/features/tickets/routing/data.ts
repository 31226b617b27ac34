import { errorText } from '@/shared/errorText'
import { queryClient } from '@/shared/queryClient'
import { toast } from '@/shared/toasts'
import { api, type Explanation, type Id } from '@api'
import { useQuery } from '@tanstack/vue-query'
import type { Ref } from 'vue'

/** Steps end and scores grow without an event. */
const REFETCH_MS = 30_000

export function useRouting(ticketId: Ref<Id>) {
  return useQuery({
    queryKey: ['routing', ticketId],
    queryFn: ({ signal }) => api.get<Explanation>(`/tickets/${String(ticketId.value)}/routing`, signal),
    refetchInterval: REFETCH_MS,
    shallow: true,
  })
}

/** Do something about a ticket's rank, and look again; whether it was done. */
export async function rank(ticketId: Id, what: () => Promise<unknown>, done: string): Promise<boolean> {
  try {
    await what()
    toast(done, { tone: 'good' })
    return true
  } catch (error) {
    toast(errorText(error), { tone: 'bad' })
    return false
  } finally {
    await queryClient.invalidateQueries({ queryKey: ['routing', ticketId] })
  }
}
