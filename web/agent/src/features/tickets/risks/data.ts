import { api, type Id, type LanguageDoubt, type RiskAlert } from '@api'
import { useQuery } from '@tanstack/vue-query'
import { onScopeDispose, ref, watch, type Ref } from 'vue'
import { errorText } from '@/shared/errorText'
import { queryClient } from '@/shared/queryClient'
import { toast } from '@/shared/toasts'

interface Alerts {
  items: RiskAlert[]
}

const path = (ticketId: Id, rest: string): string => `/tickets/${String(ticketId)}/${rest}`

/** What a ticket's messages show of risks. */
export function useRisks(ticketId: Ref<Id>) {
  return useQuery({
    queryKey: ['risks', ticketId],
    queryFn: ({ signal }) => api.get<Alerts>(path(ticketId.value, 'risks'), signal),
    shallow: true,
  })
}

/** Say what an alert is worth. */
export async function decide(alert: RiskAlert, state: 'confirmed' | 'false_alarm'): Promise<void> {
  const key = ['risks', alert.ticket_id]
  try {
    const decided = await api.put<RiskAlert>(path(alert.ticket_id, `risks/${String(alert.id)}/decision`), {
      state,
    })
    queryClient.setQueryData<Alerts>(key, (old) =>
      old ? { items: old.items.map((one) => (one.id === decided.id ? decided : one)) } : old,
    )
  } catch (error) {
    toast(errorText(error), { tone: 'bad' })
  }
}

/** Whoever still types is not interrupted. */
export const AFTER_MS = 450

/** Words of a reply that do not become us; asked for once its writer pauses. */
export function useDoubts(ticketId: Ref<Id>, text: Ref<string>): Ref<LanguageDoubt[]> {
  const doubts = ref<LanguageDoubt[]>([])
  let timer = 0

  async function ask(id: Id, said: string): Promise<void> {
    try {
      const found = await api.post<{ items: LanguageDoubt[] }>(path(id, 'language-doubts'), { text: said })
      if (id === ticketId.value && said === text.value) doubts.value = found.items
    } catch {
      // it is advice only: what does not come costs nothing
    }
  }

  watch(
    [ticketId, text] as const,
    ([id, said], [before]) => {
      window.clearTimeout(timer)
      doubts.value = id === before ? doubts.value.filter((one) => said.includes(one.words)) : []
      if (said.trim()) timer = window.setTimeout(() => void ask(id, said), AFTER_MS)
    },
    { immediate: true },
  )
  onScopeDispose(() => window.clearTimeout(timer))
  return doubts
}
