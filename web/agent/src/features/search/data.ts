import { api, ApiError, withQuery, type SearchFound, type SearchKind, type Suggestion } from '@api'
import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/vue-query'
import { computed, ref, watch, type Ref } from 'vue'
import { me } from '@/shared/session'

export const KINDS: SearchKind[] = [
  'tickets',
  'messages',
  'notes',
  'customers',
  'organisations',
  'attachments',
]
export type Order = 'newest' | 'relevant'

/** What is asked for; `kind` null is the overview of all kinds. */
export interface Asked {
  text: string
  kind: SearchKind | null
  order: Order
  asText: boolean
}

/** A wrong part of a query as the server tells it; places count characters. */
export interface QueryProblem {
  code: 'unknown_operator' | 'unknown_value' | 'ends_first' | 'value_missing' | 'or_misplaced'
  start: number
  end: number
  operator: string
  value: string
  known: string[]
  suggestions: string[]
}

export function useSearch(asked: Ref<Asked>) {
  return useInfiniteQuery({
    queryKey: computed(() => ['search', asked.value]),
    queryFn: ({ pageParam, signal }) => {
      const { text, kind, order, asText } = asked.value
      const query = {
        q: text,
        kind,
        order,
        as_text: asText || null,
        cursor: pageParam,
        limit: kind ? 30 : 5,
      }
      return api.get<SearchFound>(withQuery('/search', query), signal)
    },
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next,
    enabled: computed(() => asked.value.text.trim() !== ''),
    placeholderData: keepPreviousData,
    retry: (count, error) => !(error instanceof ApiError && error.status < 500) && count < 2,
    shallow: true,
  })
}

/** The problems of a query that the server refused; empty for any other error. */
export function problemsOf(error: unknown): QueryProblem[] {
  if (!(error instanceof ApiError) || error.code !== 'query_invalid') return []
  return Array.isArray(error.body.problems) ? (error.body.problems as QueryProblem[]) : []
}

/** Suggestions of operators and their values for the part that is being typed. */
export function useSuggestions(token: Ref<string>, isWanted: Ref<boolean>) {
  const asked = ref('')
  let timer = 0
  watch(token, (text) => {
    window.clearTimeout(timer)
    timer = window.setTimeout(() => (asked.value = text), 120)
  })
  return useQuery({
    queryKey: computed(() => ['search_suggest', asked.value, me.value.locale]),
    queryFn: async ({ signal }) => {
      const query = { kind: 'operators', q: asked.value }
      return (await api.get<{ items: Suggestion[] }>(withQuery('/search/suggest', query), signal)).items
    },
    enabled: isWanted,
    staleTime: 60_000,
    shallow: true,
  })
}

const MOST_RECENT = 8
const storeKey = (): string => `ombud.searches.${String(me.value.id)}`

function readRecent(): string[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(storeKey()) ?? '[]')
    return Array.isArray(kept) ? kept.filter((one): one is string => typeof one === 'string') : []
  } catch {
    return []
  }
}

/** The newest searches of this person in this browser, newest first. */
export function useRecent() {
  const recent = ref(readRecent())
  const keep = (list: string[]): void => {
    recent.value = list
    localStorage.setItem(storeKey(), JSON.stringify(list))
  }
  const remember = (text: string): void => {
    const wanted = text.trim()
    if (wanted) keep([wanted, ...recent.value.filter((one) => one !== wanted)].slice(0, MOST_RECENT))
  }
  return { recent, remember, forget: () => keep([]) }
}
