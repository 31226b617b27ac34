import { api, type Id, type PromiseOffer } from '@api'
import { onScopeDispose, ref, watch, type Ref } from 'vue'

/** Whoever still types is not interrupted. */
export const AFTER_MS = 450
const LEAST_SIGNS = 4

/** The promises in a text that is being written; asked for once its writer pauses, the last answer stays until then. */
export function useOffers(ticketId: Ref<Id>, text: Ref<string>): Ref<PromiseOffer[]> {
  const offers = ref<PromiseOffer[]>([])
  let timer = 0

  async function ask(id: Id, said: string): Promise<void> {
    try {
      const path = `/tickets/${String(id)}/promise-offers`
      const found = await api.post<{ items: PromiseOffer[] }>(path, { text: said })
      if (id === ticketId.value && said === text.value) offers.value = found.items
    } catch {
      // recognised again when it is sent: an offer that does not come costs nothing
    }
  }

  watch(
    [ticketId, text] as const,
    ([id, said], [before]) => {
      window.clearTimeout(timer)
      // what is not in the text any more is not offered, without asking
      offers.value = id === before ? offers.value.filter((one) => said.includes(one.words)) : []
      if (said.trim().length >= LEAST_SIGNS) timer = window.setTimeout(() => void ask(id, said), AFTER_MS)
    },
    { immediate: true },
  )
  onScopeDispose(() => window.clearTimeout(timer))
  return offers
}
