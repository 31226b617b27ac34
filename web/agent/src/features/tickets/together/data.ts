import { api, type ChecklistItem, type ChecklistTemplate, type Id, type Together } from '@api'
import { useQuery } from '@tanstack/vue-query'
import { computed, type Ref } from 'vue'
import { errorText } from '@/shared/errorText'
import { queryClient } from '@/shared/queryClient'
import { me } from '@/shared/session'
import { toast } from '@/shared/toasts'
import { refreshCountsSoon } from '../data/live'

const keyOf = (id: Id) => ['together', id] as const
const path = (id: Id, rest: string): string => `/tickets/${String(id)}/${rest}`

/** Followers, checklist and time of a ticket. */
export function useTogether(id: Ref<Id>) {
  return useQuery({
    queryKey: computed(() => keyOf(id.value)),
    queryFn: ({ signal }) => api.get<Together>(path(id.value, 'together'), signal),
    shallow: true,
  })
}

export function useChecklistTemplates() {
  return useQuery({
    queryKey: ['checklist_templates'],
    queryFn: async ({ signal }) =>
      (await api.get<{ items: ChecklistTemplate[] }>('/checklist-templates', signal)).items,
    staleTime: Infinity,
    shallow: true,
  })
}

function patch(id: Id, change: Partial<Together>): void {
  queryClient.setQueryData<Together>(keyOf(id), (old) => old && { ...old, ...change })
}

/** Show a change at once; an answer or a refusal sets it right. */
async function ask<T>(id: Id, guess: Partial<Together>, request: () => Promise<T>): Promise<T | null> {
  const before = queryClient.getQueryData<Together>(keyOf(id))
  patch(id, guess)
  try {
    return await request()
  } catch (error) {
    queryClient.setQueryData(keyOf(id), before)
    toast(errorText(error), { tone: 'bad' })
    return null
  }
}

async function askWhole(
  id: Id,
  guess: Partial<Together>,
  request: () => Promise<Together>,
): Promise<boolean> {
  const whole = await ask(id, guess, request)
  if (whole) queryClient.setQueryData(keyOf(id), whole)
  return whole !== null
}

/** Let somebody follow, or end it. */
export async function setFollower(id: Id, personId: Id, follows: boolean): Promise<void> {
  const guess = personId === me.value.id ? { is_following: follows } : {}
  const at = path(id, `followers/${String(personId)}`)
  await askWhole(id, guess, () => (follows ? api.put<Together>(at) : api.delete<Together>(at)))
  refreshCountsSoon()
}

async function askItems(
  id: Id,
  guess: ChecklistItem[] | undefined,
  request: () => Promise<{ items: ChecklistItem[] }>,
): Promise<boolean> {
  const answer = await ask(id, guess ? { checklist: guess } : {}, request)
  if (answer) patch(id, { checklist: answer.items })
  return answer !== null
}

export const addItem = (id: Id, text: string): Promise<boolean> =>
  askItems(id, undefined, () => api.post(path(id, 'checklist'), { text }))

export const addTemplate = (id: Id, templateId: Id): Promise<boolean> =>
  askItems(id, undefined, () => api.post(path(id, 'checklist'), { template_id: templateId }))

const itemPath = (id: Id, itemId: Id): string => path(id, `checklist/${String(itemId)}`)

export function setDone(
  id: Id,
  items: ChecklistItem[],
  item: ChecklistItem,
  isDone: boolean,
): Promise<boolean> {
  const done = isDone ? new Date().toISOString() : null
  const guess = items.map((one) =>
    one.id === item.id ? { ...one, done_at: done, done_by: isDone ? me.value.id : null } : one,
  )
  return askItems(id, guess, () => api.patch(itemPath(id, item.id), { is_done: isDone }))
}

/** The items with one of them moved by some places; the same list if it stands at the end already. */
export function moved(items: ChecklistItem[], item: ChecklistItem, by: number): ChecklistItem[] {
  const from = items.findIndex((one) => one.id === item.id)
  const to = Math.min(Math.max(from + by, 0), items.length - 1)
  if (from === to) return items
  const rest = items.filter((one) => one.id !== item.id)
  return [...rest.slice(0, to), item, ...rest.slice(to)]
}

export function moveItem(id: Id, items: ChecklistItem[], item: ChecklistItem, by: number): Promise<boolean> {
  const guess = moved(items, item, by)
  if (guess === items) return Promise.resolve(true)
  const position = guess.findIndex((one) => one.id === item.id)
  return askItems(id, guess, () => api.patch(itemPath(id, item.id), { position }))
}

export const renameItem = (id: Id, item: ChecklistItem, text: string): Promise<boolean> =>
  askItems(id, undefined, () => api.patch(itemPath(id, item.id), { text }))

export function removeItem(id: Id, items: ChecklistItem[], item: ChecklistItem): Promise<boolean> {
  const guess = items.filter((one) => one.id !== item.id)
  return askItems(id, guess, () => api.delete(itemPath(id, item.id)))
}

export function addTime(id: Id, seconds: number, way: 'hand' | 'timer', note = ''): Promise<boolean> {
  const body = { seconds, way, note, client_key: crypto.randomUUID() }
  return askWhole(id, {}, () => api.post<Together>(path(id, 'time'), body))
}

export const removeTime = (id: Id, timeId: Id): Promise<boolean> =>
  askWhole(id, {}, () => api.delete<Together>(path(id, `time/${String(timeId)}`)))
