import { api, ApiError, type GivenLink, type Id, type ProcessView, type ProcessRun, type Stage } from '@api'
import { useQuery } from '@tanstack/vue-query'
import type { Ref } from 'vue'
import { act, post, put, refresh } from '../teamwork/data'
import { errorText } from '@/shared/errorText'
import { toast } from '@/shared/toasts'

export function useProcess(ticketId: Ref<Id>) {
  return useQuery({
    queryKey: ['process', ticketId],
    queryFn: ({ signal }) => api.get<ProcessView>(`/tickets/${String(ticketId.value)}/process`, signal),
    shallow: true,
  })
}

export const saveAnswers = (id: Id, answers: Record<string, unknown>): Promise<boolean> =>
  put(id, 'process/answers', { answers })

export const advance = (
  id: Id,
  visit: Id | undefined,
  body: { to?: string; reason?: string } = {},
): Promise<boolean> => post(id, 'process/advance', { ...body, visit_id: visit ?? null })

export const confirm = (id: Id, body: object): Promise<boolean> => post(id, 'process/confirmations', body)

export const askByLink = (id: Id): Promise<boolean> =>
  post(id, 'process/confirmation-links', { way: 'message' })

/** A link to confirm, to pass on by hand; it is told once. */
export async function giveLink(id: Id): Promise<string | null> {
  let url: string | null = null
  await act(id, async () => {
    const given = await api.post<GivenLink>(`/tickets/${String(id)}/process/confirmation-links`, {
      way: 'given',
    })
    url = given.url
  })
  return url
}

export const setOutcome = (id: Id, solution: Id, outcome: 'worked' | 'failed'): Promise<boolean> =>
  act(id, () => api.put(`/tickets/${String(id)}/solutions/${String(solution)}/outcome`, { outcome }))

/** Try something; what was tried before comes back with who and when. */
export async function trySolution(
  id: Id,
  text: string,
  force: boolean,
): Promise<boolean | { at: string; person: Id | null }> {
  try {
    await api.post(`/tickets/${String(id)}/solutions`, { text, force })
    refresh(id)
    return true
  } catch (error) {
    if (error instanceof ApiError && error.code === 'solution_tried') {
      const { at, person_id: person } = error.body as unknown as { at: string; person_id: Id | null }
      return { at, person }
    }
    toast(errorText(error), { tone: 'bad' })
    return false
  }
}

/** The stage that a run is in. */
export function presentStage(run: ProcessRun): Stage | null {
  const visit = run.visits.find((one) => one.ended_at === null)
  return run.spec.stages.find((one) => one.key === visit?.stage) ?? null
}

/** How the stages of a run stand in the diagram. */
export function statesOf(run: ProcessRun): Record<string, 'done' | 'current' | 'late'> {
  const states: Record<string, 'done' | 'current' | 'late'> = {}
  for (const one of run.visits) states[one.stage] = one.ended_at ? 'done' : one.is_late ? 'late' : 'current'
  return states
}
