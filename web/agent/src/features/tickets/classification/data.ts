import { api, type Id, type TicketLabel, type TicketLabels } from '@api'
import { useQuery } from '@tanstack/vue-query'
import type { Ref } from 'vue'
import { errorText } from '@/shared/errorText'
import { queryClient } from '@/shared/queryClient'
import { toast } from '@/shared/toasts'

const path = (ticketId: Id): string => `/tickets/${String(ticketId)}/labels`

/** What a machine takes a ticket for. */
export function useLabels(ticketId: Ref<Id>) {
  return useQuery({
    queryKey: ['labels', ticketId],
    queryFn: ({ signal }) => api.get<TicketLabels>(path(ticketId.value), signal),
    shallow: true,
  })
}

/** Say what is right: the machine's own label confirms it. */
export async function decide(one: TicketLabel, label: string): Promise<void> {
  try {
    const decided = await api.put<TicketLabels>(`${path(one.ticket_id)}/${one.aspect}/decision`, { label })
    queryClient.setQueryData<TicketLabels>(['labels', one.ticket_id], decided)
    void queryClient.invalidateQueries({ queryKey: ['ticket', one.ticket_id] })
  } catch (error) {
    toast(errorText(error), { tone: 'bad' })
  }
}
