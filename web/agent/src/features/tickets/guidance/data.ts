import { api, withQuery, type Id, type ScriptList, type ShownCard } from '@api'
import { keepPreviousData, useQuery } from '@tanstack/vue-query'
import { computed, type Ref } from 'vue'
import { errorText } from '@/shared/errorText'
import { toast } from '@/shared/toasts'

const path = (ticketId: Id, rest: string): string => `/tickets/${String(ticketId)}/${rest}`

/** Guidance cards that fit a ticket; another state of it may have others. */
export function useGuidance(ticketId: Ref<Id>, version: Ref<number>) {
  return useQuery({
    queryKey: ['guidance', ticketId, version],
    queryFn: async ({ signal }) =>
      (await api.get<{ items: ShownCard[] }>(path(ticketId.value, 'guidance'), signal)).items,
    placeholderData: keepPreviousData,
    shallow: true,
  })
}

/** Scripts for a ticket that say some words, the wording that fits its customer first. */
export function useScripts(ticketId: Ref<Id>, text: Ref<string>, isOpen: Ref<boolean>) {
  return useQuery({
    queryKey: ['scripts', ticketId, text],
    queryFn: ({ signal }) =>
      api.get<ScriptList>(withQuery(path(ticketId.value, 'scripts'), { text: text.value }), signal),
    enabled: computed(() => isOpen.value),
    placeholderData: keepPreviousData,
    shallow: true,
  })
}

/** Note that a wording was put into the answer. */
export async function noteUse(ticketId: Id, articleId: Id, use: object): Promise<void> {
  await api.post(path(ticketId, `scripts/${String(articleId)}/uses`), use).catch(() => undefined)
}

/** Ask for an article that is missing; whether that went well. */
export async function askForArticle(ticketId: Id, title: string, note: string): Promise<boolean> {
  try {
    await api.post('/article-requests', { title, note, ticket_id: ticketId })
    return true
  } catch (error) {
    toast(errorText(error), { tone: 'bad' })
    return false
  }
}
