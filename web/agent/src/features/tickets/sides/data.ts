import { api, type Address, type FileRef, type Id, type Side, type SideList, type SideThread } from '@api'
import { useQuery } from '@tanstack/vue-query'
import { computed, reactive, ref, type Ref } from 'vue'
import { errorText } from '@/shared/errorText'
import { queryClient } from '@/shared/queryClient'
import { toast } from '@/shared/toasts'

interface Open {
  ticketId: Id
  sideId: Id
}

/** The side conversation that stands beside its ticket. */
export const openSide = ref<Open | null>(null)

export interface SideDraft {
  text: string
  files: FileRef[]
  /** Whom a mail goes to, where that is not whom the last one went to. */
  to: Address[] | null
  cc: Address[] | null
}

// Half a thought stays while one looks at another ticket.
const drafts = reactive(new Map<Id, SideDraft>())

export function sideDraft(sideId: Id): SideDraft {
  const empty: SideDraft = { text: '', files: [], to: null, cc: null }
  if (!drafts.has(sideId)) drafts.set(sideId, empty)
  return drafts.get(sideId) ?? empty
}

export const clearSideDraft = (sideId: Id): boolean => drafts.delete(sideId)

const path = (ticketId: Id, rest = ''): string => `/tickets/${String(ticketId)}/sides${rest}`

export function useSides(ticketId: Ref<Id>) {
  return useQuery({
    queryKey: ['sides', ticketId],
    queryFn: async ({ signal }) => (await api.get<SideList>(path(ticketId.value), signal)).items,
    shallow: true,
  })
}

export function useSide(open: Ref<Open>) {
  return useQuery({
    queryKey: computed(() => ['sides', open.value.ticketId, open.value.sideId]),
    queryFn: ({ signal }) =>
      api.get<SideThread>(path(open.value.ticketId, `/${String(open.value.sideId)}`), signal),
    shallow: true,
  })
}

function keep(found: SideThread): void {
  queryClient.setQueryData(['sides', found.ticket_id, found.id], found)
  for (const queryKey of [
    ['sides', found.ticket_id],
    ['timeline', found.ticket_id],
  ])
    void queryClient.invalidateQueries({ queryKey, exact: true })
}

/** Do something of a side conversation; whether it was done. What stands against it is said. */
async function act(request: () => Promise<SideThread>): Promise<SideThread | null> {
  try {
    const found = await request()
    keep(found)
    return found
  } catch (error) {
    toast(errorText(error), { tone: 'bad' })
    return null
  }
}

export const beginSide = (ticketId: Id, body: object): Promise<SideThread | null> =>
  act(() => api.post<SideThread>(path(ticketId), body))

export const writeSide = (side: Side, body: object): Promise<SideThread | null> =>
  act(() => api.post<SideThread>(path(side.ticket_id, `/${String(side.id)}/messages`), body))

export const closeSide = (side: Side, isClosed: boolean): Promise<SideThread | null> =>
  act(() => api.put<SideThread>(path(side.ticket_id, `/${String(side.id)}/state`), { is_closed: isClosed }))

/** Whether a message that was taken back belongs to one that goes on: then its text waits there. */
export async function restoreToSide(
  ticketId: Id,
  sideId: Id,
  text: string,
  files: FileRef[],
): Promise<boolean> {
  void queryClient.invalidateQueries({ queryKey: ['sides', ticketId] })
  const { items } = await api.get<SideList>(path(ticketId))
  if (!items.some((one) => one.id === sideId)) {
    if (openSide.value?.sideId === sideId) openSide.value = null
    return false
  }
  const draft = sideDraft(sideId)
  draft.text = draft.text ? `${text}\n\n${draft.text}` : text
  draft.files = [...draft.files, ...files]
  openSide.value = { ticketId, sideId }
  return true
}
