import { api, type OwnNotice, type OwnNotices } from '@api'
import { useQuery } from '@tanstack/vue-query'
import { computed, type ComputedRef } from 'vue'

const REFETCH_MS = 120_000

/** What the person has to read, what bars going online first; the stream has it fetched anew. */
export function useOwnNotices(): ComputedRef<OwnNotice[]> {
  const query = useQuery({
    queryKey: ['notices', 'own'],
    queryFn: async ({ signal }) => (await api.get<OwnNotices>('/notices/own', signal)).items,
    refetchInterval: REFETCH_MS,
  })
  return computed(() => query.data.value ?? [])
}
