import { api, type ClockView, type Id } from '@api'
import { useQuery } from '@tanstack/vue-query'
import { onScopeDispose, ref, type Ref } from 'vue'
import { errorText } from '@/shared/errorText'
import { queryClient } from '@/shared/queryClient'
import { toast } from '@/shared/toasts'

/** A ticket's clocks, and when the server said so. */
export interface SaidClocks {
  items: ClockView[]
  saidAt: number
}

const keyOf = (ticketId: Id) => ['clocks', ticketId]
const said = ({ items }: { items: ClockView[] }): SaidClocks => ({ items, saidAt: Date.now() })
const REFETCH_MS = 60_000

export function useClocks(ticketId: Ref<Id>) {
  return useQuery({
    queryKey: ['clocks', ticketId],
    queryFn: async ({ signal }) =>
      said(await api.get<{ items: ClockView[] }>(`/tickets/${String(ticketId.value)}/clocks`, signal)),
    // working hours begin and end without an event
    refetchInterval: REFETCH_MS,
    shallow: true,
  })
}

/** The moment, renewed every second while somebody looks. */
export function useSeconds(): Ref<number> {
  const moment = ref(Date.now())
  const timer = window.setInterval(() => (moment.value = Date.now()), 1_000)
  onScopeDispose(() => window.clearInterval(timer))
  return moment
}

async function act(ticketId: Id, request: () => Promise<{ items: ClockView[] }>): Promise<boolean> {
  try {
    queryClient.setQueryData(keyOf(ticketId), said(await request()))
    return true
  } catch (error) {
    toast(errorText(error), { tone: 'bad' })
    return false
  }
}

export const acknowledge = (ticketId: Id, clockId: Id): Promise<boolean> =>
  act(ticketId, () => api.put(`/tickets/${String(ticketId)}/clocks/${String(clockId)}/acknowledgement`, {}))

export const addDeadline = (ticketId: Id, label: string, dueAt: string): Promise<boolean> =>
  act(ticketId, () => api.post(`/tickets/${String(ticketId)}/deadlines`, { label, due_at: dueAt }))

export const endDeadline = (ticketId: Id, clockId: Id, outcome: 'met' | 'dropped'): Promise<boolean> =>
  act(ticketId, () => api.put(`/tickets/${String(ticketId)}/deadlines/${String(clockId)}/end`, { outcome }))
