import { api, withQuery, type Page } from '@api'
import { useInfiniteQuery } from '@tanstack/vue-query'
import { refDebounced } from './debounced'
import { computed, type Ref } from 'vue'

/** People who are given work, page after page, of a team and by name. */
export function useAgentPages<T>(
  list: 'skill-levels' | 'agent-routing',
  teamId: Ref<number>,
  typed: Ref<string>,
) {
  const words = refDebounced(typed)
  const filter = computed(() => ({ team_id: teamId.value || undefined, words: words.value || undefined }))
  const key = computed(() => ['settings', list, filter.value])
  const found = useInfiniteQuery({
    queryKey: key,
    queryFn: ({ pageParam, signal }) =>
      api.get<Page<T>>(
        withQuery(`/${list}`, { ...filter.value, limit: 50, cursor: pageParam || undefined }),
        signal,
      ),
    initialPageParam: '',
    getNextPageParam: (last) => last.next ?? undefined,
    staleTime: 5_000,
  })
  const items = computed<T[]>(() => found.data.value?.pages.flatMap((page) => page.items as T[]) ?? [])
  return { items, found, key }
}
