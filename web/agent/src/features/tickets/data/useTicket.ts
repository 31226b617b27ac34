import { api, type Entry, type Id, type Ticket, type Timeline } from '@api'
import { useQuery } from '@tanstack/vue-query'
import { computed, ref, type Ref } from 'vue'
import { queryClient } from '@/shared/queryClient'
import { mergeEntries } from './patches'

const FIRST_LIMIT = 50
const FAR_LIMIT = 100

const ticketQuery = (id: Id) => ({
  queryKey: ['ticket', id],
  queryFn: ({ signal }: { signal: AbortSignal }) => api.get<Ticket>(`/tickets/${String(id)}`, signal),
})

const timelineQuery = (id: Id) => ({
  queryKey: ['timeline', id],
  queryFn: ({ signal }: { signal: AbortSignal }) =>
    api.get<Timeline>(`/tickets/${String(id)}/timeline?limit=${String(FIRST_LIMIT)}`, signal),
})

const REST_MS = 150
let resting = 0

/** Have a ticket ready before it is opened, once the pointer or cursor rests on it. */
export function prefetchTicket(id: Id): void {
  window.clearTimeout(resting)
  resting = window.setTimeout(() => {
    void queryClient.prefetchQuery(ticketQuery(id))
    void queryClient.prefetchQuery(timelineQuery(id))
  }, REST_MS)
}

export function useTicket(id: Ref<Id>) {
  return useQuery(computed(() => ({ ...ticketQuery(id.value), shallow: true })))
}

/** The timeline of a ticket, oldest first; older entries are fetched on demand. */
export function useTimeline(id: Ref<Id>) {
  const query = useQuery(computed(() => ({ ...timelineQuery(id.value), shallow: true })))
  const entries = computed<Entry[]>(() => query.data.value?.items ?? [])
  const hasOlder = computed(() => query.data.value?.older ?? false)
  const isLoadingOlder = ref(false)
  let loading: Promise<void> | null = null

  function loadOlder(limit = FIRST_LIMIT): Promise<void> {
    loading ??= fetchOlder(limit).finally(() => (loading = null))
    return loading
  }

  /** Load older entries until one of them is there; whether it is. */
  async function loadBackTo(entryId: Id): Promise<boolean> {
    const ticketId = id.value
    while (id.value === ticketId && hasOlder.value && (entries.value[0]?.id ?? 0) > entryId)
      await loadOlder(FAR_LIMIT)
    return entries.value.some((entry) => entry.id === entryId)
  }

  async function fetchOlder(limit: number): Promise<void> {
    const first = entries.value[0]
    if (!first || !hasOlder.value) return
    isLoadingOlder.value = true
    const ticketId = id.value
    try {
      const path = `/tickets/${String(ticketId)}/timeline?before=${String(first.id)}&limit=${String(limit)}`
      const page = await api.get<Timeline>(path)
      queryClient.setQueryData<Timeline>(
        ['timeline', ticketId],
        (old) => old && { items: mergeEntries(page.items, old.items), older: page.older },
      )
    } finally {
      isLoadingOlder.value = false
    }
  }

  return {
    entries,
    hasOlder,
    loadOlder,
    loadBackTo,
    isLoadingOlder,
    isLoading: query.isLoading,
    error: query.error,
    retry: query.refetch,
  }
}
