import { api, type Id, type Side, type SideList, type SideThread } from '@api'
import { useQuery } from '@tanstack/vue-query'
import { computed, ref, type Ref } from 'vue'
import { errorText } from '@/shared/errorText'
import { queryClient } from '@/shared/queryClient'
import { toast } from '@/shared/toasts'
import { draftOf, restoreDraft } from '../composer/drafts'
import { filesOf, uploadedIds, type UploadState } from '../composer/uploads'

interface Open {
  ticketId: Id
  sideId: Id
}

/** The side conversation that stands beside its ticket. */
export const openSide = ref<Open | null>(null)

/** Where what is written to a side conversation is kept; 0: it is not begun yet. */
export const draftKind = (sideId: Id): `side-${number}` => `side-${sideId}`

/** What is written there, as it is sent; null while there is nothing, or a file is on its way. */
export function writtenTo(ticketId: Id, sideId: Id): { text: string; html?: string; attachment_ids: Id[] } | null {
  const draft = draftOf(ticketId, draftKind(sideId))
  const files = filesOf(draft.files, draft.html)
  const isOnItsWay = files.some((file) => file.fileId === null && !file.problem)
  if (isOnItsWay || (!draft.text.trim() && !files.length)) return null
  return {
    text: draft.text.trim(),
    ...(draft.html ? { html: draft.html } : {}),
    attachment_ids: uploadedIds(files),
  }
}

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

/** Whether a message that was taken back belongs to one that goes on: then it waits there. */
export async function restoreToSide(
  ticketId: Id,
  sideId: Id,
  kept: { text: string; html: string; files: UploadState[] },
): Promise<boolean> {
  void queryClient.invalidateQueries({ queryKey: ['sides', ticketId] })
  const { items } = await api.get<SideList>(path(ticketId))
  if (!items.some((one) => one.id === sideId)) {
    if (openSide.value?.sideId === sideId) openSide.value = null
    return false
  }
  restoreDraft(ticketId, draftKind(sideId), kept)
  openSide.value = { ticketId, sideId }
  return true
}
