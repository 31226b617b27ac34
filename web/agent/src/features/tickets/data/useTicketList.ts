import { api, type Id, type Page, type TicketPage, type TicketRow } from '@api'
import { useInfiniteQuery, type InfiniteData } from '@tanstack/vue-query'
import { computed, watch, type Ref } from 'vue'
import { queryClient } from '@/shared/queryClient'
import { arrivalsOf, forgetArrivals } from './arrivals'
import { listKey, listPath, type ListSource } from './source'

export type ListData = InfiniteData<Page<TicketRow>>

/** Keyset pages can repeat a ticket that moved meanwhile: the first place counts. */
export function flattenPages(data: ListData | undefined): TicketRow[] {
  if (!data) return []
  const seen = new Set<Id>()
  const rows: TicketRow[] = []
  for (const page of data.pages) {
    for (const row of page.items) {
      if (seen.has(row.id)) continue
      seen.add(row.id)
      rows.push(row)
    }
  }
  return rows
}

/** Read the first page anew and let go of the rest: what the list shows from the top again. */
export async function refreshList(source: ListSource): Promise<void> {
  const first = await api.get<Page<TicketRow>>(listPath(source, null))
  forgetArrivals(source)
  queryClient.setQueryData<ListData>(listKey(source), { pages: [first], pageParams: [null] })
}

/** The rows of a list, loaded page by page, kept fresh by the stream. */
export function useTicketList(source: Ref<ListSource>) {
  const query = useInfiniteQuery({
    queryKey: computed(() => listKey(source.value)),
    queryFn: ({ pageParam, signal }) => api.get<Page<TicketRow>>(listPath(source.value, pageParam), signal),
    initialPageParam: null as string | null,
    getNextPageParam: (last: Page<TicketRow>) => last.next,
    staleTime: Infinity,
    refetchOnMount: false,
    shallow: true,
  })
  const rows = computed(() => flattenPages(query.data.value))
  const arrivals = computed(() => arrivalsOf(source.value))
  // a page that ended for time says how far it came; a customer's list never does
  const lastPage = computed(() => query.data.value?.pages.at(-1) as Partial<TicketPage> | undefined)

  watch(
    source,
    (next) => {
      // a list seen before shows at once, then catches up with what it missed
      if (queryClient.getQueryData(listKey(next))) refreshList(next).catch(() => undefined)
    },
    { immediate: true },
  )

  function loadMore(): void {
    if (query.hasNextPage.value && !query.isFetchingNextPage.value) void query.fetchNextPage()
  }

  return {
    rows,
    arrivals,
    loadMore,
    isLoading: query.isLoading,
    isLoadingMore: query.isFetchingNextPage,
    hasMore: query.hasNextPage,
    isPartial: computed(() => lastPage.value?.is_partial ?? false),
    searchedTo: computed(() => lastPage.value?.searched_to ?? null),
    error: query.error,
    retry: () => void query.refetch(),
    refresh: () => refreshList(source.value),
  }
}
