import { api, withQuery, type SavedView, type TicketPage, type TicketRow, type ViewSort } from '@api'
import { useInfiniteQuery } from '@tanstack/vue-query'
import type { Condition } from '@ui'
import { computed, type Ref } from 'vue'
import { PREFIX, shippedCondition } from './data'

const LIMIT = 100

export interface Known {
  seconds: Record<string, number>
  customers: Record<string, string>
  files: Record<string, string>
}

/** The tickets of a view for the table and the board, page by page. */
export function usePage(view: Ref<string>, saved: Ref<SavedView | undefined>, sort: Ref<ViewSort>) {
  function ask(cursor: string | null, signal: AbortSignal): Promise<TicketPage> {
    if (view.value.startsWith(PREFIX))
      return api.get(
        withQuery('/tickets', { view: view.value, sort: sort.value, cursor, limit: LIMIT }),
        signal,
      )
    const condition = shippedCondition(view.value)
    return api.post('/tickets/query', { condition, sort: sort.value, cursor, limit: LIMIT })
  }

  const query = useInfiniteQuery({
    queryKey: computed(() => ['view_page', view.value, sort.value, saved.value?.condition]),
    queryFn: ({ pageParam, signal }) => ask(pageParam, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (last: TicketPage) => last.next,
    staleTime: 10_000,
    shallow: true,
  })
  const rows = computed<TicketRow[]>(() => {
    const all = (query.data.value?.pages ?? []).flatMap((page) => page.items)
    return [...new Map(all.map((row) => [row.id, row])).values()]
  })
  /** What rows name by number only: time that was spent, customers and files in custom fields. */
  const known = computed<Known>(() => {
    const pages = query.data.value?.pages ?? []
    return {
      seconds: Object.assign({}, ...pages.map((page) => page.spent_seconds)) as Known['seconds'],
      customers: Object.assign({}, ...pages.map((page) => page.customer_names)) as Known['customers'],
      files: Object.assign({}, ...pages.map((page) => page.file_names)) as Known['files'],
    }
  })
  const lastPage = computed(() => query.data.value?.pages.at(-1))
  const condition = computed<Condition>(
    () => (saved.value?.condition as Condition | undefined) ?? shippedCondition(view.value),
  )
  return {
    rows,
    known,
    condition,
    hasMore: query.hasNextPage,
    isPartial: computed(() => lastPage.value?.is_partial ?? false),
    searchedTo: computed(() => lastPage.value?.searched_to ?? null),
    isLoading: query.isLoading,
    isLoadingMore: query.isFetchingNextPage,
    error: query.error,
    more: () => void query.fetchNextPage(),
    retry: () => void query.refetch(),
  }
}
