import { api } from '@api'
import { useQuery } from '@tanstack/vue-query'
import { computed, type ComputedRef } from 'vue'

/** Saved views that one may see, to tell which of them name a field. */
export function useSavedViews(): ComputedRef<{ name: string }[]> {
  const query = useQuery({
    queryKey: ['settings', 'saved-views'],
    queryFn: async ({ signal }) =>
      (await api.get<{ items: { name: string }[] }>('/saved-views', signal)).items,
    retry: false,
    shallow: true,
  })
  return computed(() => query.data.value ?? [])
}
