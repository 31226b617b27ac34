import { api, withQuery, type Page } from '@api'
import { useQuery, useQueryClient } from '@tanstack/vue-query'
import { computed, type ComputedRef } from 'vue'

const PAGE = 100
const MOST = 2_000

/** All pages of a list, up to a bound that no desk of people and settings passes. */
export async function fetchAll<T>(path: string, signal?: AbortSignal): Promise<T[]> {
  const items: T[] = []
  let cursor: string | null = null
  do {
    const page: Page<T> = await api.get<Page<T>>(withQuery(path, { limit: PAGE, cursor }), signal)
    items.push(...page.items)
    cursor = page.next ?? null
  } while (cursor && items.length < MOST)
  return items
}

/** A list of the settings, fetched anew each time its page opens. */
export function useSettingsList<T>(name: string, path = `/${name}`) {
  const query = useQuery({
    queryKey: ['settings', name],
    queryFn: ({ signal }) => fetchAll<T>(path, signal),
    staleTime: 5_000,
  })
  const items: ComputedRef<T[]> = computed(() => (query.data.value as T[] | undefined) ?? [])
  return { items, query }
}

/** Show `change` of a cached list at once, and fetch what is true afterwards. */
export function useListCache<T extends { id: number }>(name: string, desk?: string) {
  const client = useQueryClient()
  const key = ['settings', name]
  const set = (change: (items: T[]) => T[]): void => {
    client.setQueryData<T[]>(key, (items) => (items ? change(items) : items))
  }
  return {
    put: (item: T) =>
      set((items) =>
        items.some((one) => one.id === item.id)
          ? items.map((one) => (one.id === item.id ? { ...one, ...item } : one))
          : [...items, item],
      ),
    remove: (id: number) => set((items) => items.filter((one) => one.id !== id)),
    refresh: async () => {
      await client.invalidateQueries({ queryKey: key })
      // the lists that the whole desk shares are cached under other names
      if (desk) await client.invalidateQueries({ queryKey: ['desk', desk] })
    },
  }
}
