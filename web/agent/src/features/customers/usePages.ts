import { api, withQuery, type Page } from '@api'
import { useInfiniteQuery } from '@tanstack/vue-query'
import { computed, type Ref } from 'vue'

/** A keyset list, page after page, as one list of items. */
export function usePages<T>(
  key: Ref<unknown[]>,
  path: Ref<string>,
  query: Ref<Record<string, string | undefined>>,
) {
  const found = useInfiniteQuery({
    queryKey: computed(() => [...key.value, query.value]),
    queryFn: ({ pageParam, signal }) =>
      api.get<Page<T>>(withQuery(path.value, { ...query.value, cursor: pageParam }), signal),
    initialPageParam: '',
    getNextPageParam: (last) => last.next ?? undefined,
    staleTime: 10_000,
  })
  const items = computed<T[]>(() => found.data.value?.pages.flatMap((page) => page.items as T[]) ?? [])
  return { items, found }
}
