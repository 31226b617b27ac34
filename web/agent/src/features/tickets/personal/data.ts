import {
  api,
  type Entry,
  type EntryInFull,
  type Id,
  type PersonalDataMarking,
  type Redaction,
  type RedactionMade,
} from '@api'
import { useQuery } from '@tanstack/vue-query'
import { computed, reactive, ref, type Ref } from 'vue'
import { errorText } from '@/shared/errorText'
import { queryClient } from '@/shared/queryClient'
import { toast } from '@/shared/toasts'

const pathOf = (ticketId: Id): string => `/tickets/${String(ticketId)}`
const NOTHING: PersonalDataMarking = {
  marked: [],
  hidden: [],
  may_show: false,
  may_redact: false,
  may_unseal: false,
}

/** What is marked for the reader, and what they may do with it. */
export function useMarking() {
  const query = useQuery({
    queryKey: ['marking'],
    queryFn: ({ signal }) => api.get<PersonalDataMarking>('/personal-data/marking', signal),
    staleTime: 60_000,
    shallow: true,
  })
  return computed(() => query.data.value ?? NOTHING)
}

/** Messages that the reader had shown in full; a window forgets them when it is closed. */
export const inFull = reactive(new Map<Id, EntryInFull>())

/** Have a message shown in full: that they read it is written down. */
export async function showInFull(entry: Entry): Promise<void> {
  const path = `${pathOf(entry.ticket_id)}/entries/${String(entry.id)}/personal-data`
  try {
    inFull.set(entry.id, await api.post<EntryInFull>(path))
  } catch (error) {
    toast(errorText(error), { tone: 'bad' })
  }
}

/** The message in which something is to be blacked out; null: none. */
export const redacting: Ref<Entry | null> = ref(null)

export interface Chosen {
  start?: number
  end?: number
  attachment_id?: Id
  reason: string
}

/** Black out what was chosen; what is shown of the ticket is loaded anew. */
export async function redact(entry: Entry, chosen: Chosen): Promise<RedactionMade> {
  const made = await api.post<RedactionMade>(`${pathOf(entry.ticket_id)}/redactions`, {
    entry_id: entry.id,
    ...chosen,
  })
  hearRedacted(entry.ticket_id)
  return made
}

/** Texts of a ticket have changed: nothing that a window still holds of the old ones may stay. */
export function hearRedacted(ticketId: Id): void {
  inFull.clear()
  for (const name of [
    'timeline',
    'risks',
    'redactions',
    'ticket',
    'sides',
    'promises',
    'together',
    'planned',
  ])
    void queryClient.invalidateQueries({ queryKey: [name, ticketId] })
  for (const name of ['tickets', 'customer', 'search'])
    void queryClient.invalidateQueries({ queryKey: [name] })
}

/** What was blacked out on a ticket. */
export function useRedactions(ticketId: Ref<Id>) {
  return useQuery({
    queryKey: ['redactions', ticketId],
    queryFn: ({ signal }) => api.get<{ items: Redaction[] }>(`${pathOf(ticketId.value)}/redactions`, signal),
    shallow: true,
  })
}

/** Bring the original back. */
export async function undoRedaction(one: Redaction): Promise<void> {
  try {
    await api.delete(`/redactions/${String(one.id)}`)
    hearRedacted(one.ticket_id)
  } catch (error) {
    toast(errorText(error), { tone: 'bad' })
  }
}

/** Read a sealed original; the reason is kept. */
export async function openOriginal(one: Redaction, reason: string): Promise<string> {
  const opened = await api.post<{ words: string }>(`/redactions/${String(one.id)}/opening`, { reason })
  void queryClient.invalidateQueries({ queryKey: ['redactions', one.ticket_id] })
  return opened.words
}
