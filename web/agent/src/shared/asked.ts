import type { Id } from '@api'
import { watch, type Ref } from 'vue'
import { useRoute, useRouter } from 'vue-router'

/** Open what an address asks for (`?open=7`) as soon as the list has it; a reload does not open it again. */
export function useAsked<T extends { id: Id }>(items: Ref<T[]>, open: (item: T) => unknown): void {
  const route = useRoute()
  const router = useRouter()
  watch(
    [items, () => Number(route.query.open) || 0] as const,
    ([known, id]) => {
      const found = id ? known.find((one) => one.id === id) : undefined
      if (!found) return
      const query = Object.fromEntries(Object.entries(route.query).filter(([name]) => name !== 'open'))
      void router.replace({ query })
      open(found)
    },
    { immediate: true },
  )
}
