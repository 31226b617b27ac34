import { api, type UnreadReleases } from '@api'
import { useQuery } from '@tanstack/vue-query'
import { computed, type ComputedRef } from 'vue'
import { may } from '@/shared/session'

const REFETCH_MS = 300_000

/** How many notes the person has not read; the stream of the desk has it fetched anew. */
export function useUnreadReleases(): ComputedRef<number> {
  const query = useQuery({
    queryKey: ['releases', 'unread'],
    queryFn: async ({ signal }) => (await api.get<UnreadReleases>('/releases/unread', signal)).count,
    enabled: computed(() => may('releases.read')),
    refetchInterval: REFETCH_MS,
  })
  return computed(() => query.data.value ?? 0)
}
