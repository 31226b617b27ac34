import { api, type SavedView, type SavedViewCount } from '@api'
import { useQuery } from '@tanstack/vue-query'
import type { Condition } from '@ui'
import { computed } from 'vue'
import { queryClient } from '@/shared/queryClient'

export { useDefinitions, useNames } from '@/shared/ticketFields'

export const PREFIX = 'saved:'

/** The saved views that the reader sees, in their order. */
export function useSavedViews() {
  const query = useQuery({
    queryKey: ['saved_views'],
    queryFn: async ({ signal }) => (await api.get<{ items: SavedView[] }>('/saved-views', signal)).items,
    staleTime: 60_000,
    shallow: true,
  })
  return { views: computed(() => query.data.value ?? []), error: query.error }
}

/** How many tickets each view holds; the server keeps them for some seconds, so asking costs nothing. */
export function useViewCounts() {
  const query = useQuery({
    queryKey: ['views', 'saved'],
    queryFn: async ({ signal }) =>
      (await api.get<{ items: SavedViewCount[] }>('/saved-views/counts', signal)).items,
    refetchInterval: 60_000,
    shallow: true,
  })
  return computed(() => new Map((query.data.value ?? []).map((one) => [one.id, one])))
}

export function forgetViews(): void {
  void queryClient.invalidateQueries({ queryKey: ['saved_views'] })
  void queryClient.invalidateQueries({ queryKey: ['views', 'saved'] })
}

/** Read anew whatever lists tickets: many have changed at once. */
export function forgetLists(): void {
  void queryClient.invalidateQueries({ queryKey: ['tickets'] })
  void queryClient.invalidateQueries({ queryKey: ['view_page'] })
  void queryClient.invalidateQueries({ queryKey: ['views'] })
}

/** The condition of a shipped view, as src/ombud/views/shipped.py says it. */
export function shippedCondition(view: string): Condition {
  const mine = { field: 'assignee', op: 'is', value: 'me' }
  const nobodys = { field: 'assignee', op: 'is_empty' }
  const awake = [
    { field: 'category', op: 'none_of', value: ['solved', 'closed'] },
    { field: 'snoozed', op: 'is_empty' },
  ]
  const shipped: Record<string, Condition> = {
    mine: { all: [mine, ...awake] },
    unassigned: { all: [nobodys, ...awake] },
    open: { all: awake },
    snoozed: { all: [{ field: 'snoozed', op: 'is_set' }, { any: [mine, nobodys] }] },
    mentions: { all: [{ field: 'mentioned', op: 'is', value: true }] },
    following: { all: [{ field: 'following', op: 'is', value: true }] },
  }
  return shipped[view] ?? { all: [] }
}
