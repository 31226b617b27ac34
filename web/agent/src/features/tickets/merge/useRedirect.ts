import type { Id, Ticket } from '@api'
import { ref, watch, type Ref } from 'vue'
import { useRoute, useRouter } from 'vue-router'
import { queryClient } from '@/shared/queryClient'

/** Where the reader came from when a merged ticket's number led here; null: they came here by its own. */
export const cameFrom: Ref<{ from: Id; to: Id } | null> = ref(null)

/** Change the page's address when the ticket that was asked for goes on under another number. */
export function useRedirect(ticket: Ref<Ticket | undefined>, asked: Ref<Id>): void {
  const route = useRoute()
  const router = useRouter()
  watch(
    ticket,
    (found) => {
      if (!found || found.id === asked.value) return
      cameFrom.value = { from: asked.value, to: found.id }
      queryClient.setQueryData<Ticket>(['ticket', found.id], { ...found, redirected_from: null })
      const params = { ...route.params, id: String(found.id) }
      void router.replace({ name: 'tickets', params, query: route.query })
    },
    { immediate: true },
  )
}
