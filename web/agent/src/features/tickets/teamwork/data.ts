import { api, type Closing, type Id, type Task, type TeamworkView } from '@api'
import { useQuery } from '@tanstack/vue-query'
import type { Ref } from 'vue'
import { errorText } from '@/shared/errorText'
import { queryClient } from '@/shared/queryClient'
import { toast } from '@/shared/toasts'

const path = (ticketId: Id, rest: string): string => `/tickets/${String(ticketId)}/${rest}`

export function useTeamwork(ticketId: Ref<Id>) {
  return useQuery({
    queryKey: ['teamwork', ticketId],
    queryFn: ({ signal }) => api.get<TeamworkView>(path(ticketId.value, 'teamwork'), signal),
    shallow: true,
  })
}

/** Everything on the page that a verb of teamwork may have changed. */
export function refresh(ticketId: Id): void {
  for (const name of ['teamwork', 'process', 'clocks', 'ticket', 'timeline'])
    void queryClient.invalidateQueries({ queryKey: [name, ticketId] })
}

/** Do a verb; whether it was done. What stands against it is said. */
export async function act(ticketId: Id, request: () => Promise<unknown>): Promise<boolean> {
  try {
    await request()
    refresh(ticketId)
    return true
  } catch (error) {
    toast(errorText(error), { tone: 'bad' })
    return false
  }
}

export const post = (ticketId: Id, rest: string, body: object): Promise<boolean> =>
  act(ticketId, () => api.post(path(ticketId, rest), body))

export const put = (ticketId: Id, rest: string, body: object = {}): Promise<boolean> =>
  act(ticketId, () => api.put(path(ticketId, rest), body))

export const changeClosing = (ticketId: Id, body: Partial<Closing>): Promise<boolean> =>
  act(ticketId, () => api.patch(path(ticketId, 'closing'), body))

export const onTask = (task: Task, rest: string, body: object = {}): Promise<boolean> =>
  act(task.ticket_id, () => api.put(`/tasks/${String(task.id)}/${rest}`, body))

export const sayOnTask = (task: Task, text: string): Promise<boolean> =>
  act(task.ticket_id, () => api.post(`/tasks/${String(task.id)}/words`, { text }))
