import {
  api,
  withQuery,
  type Article,
  type ArticleRow,
  type Id,
  type KnowledgeBlock,
  type KnowledgeCategory,
  type KnowledgeCounts,
  type KnowledgeFinding,
  type KnowledgePolicy,
  type KnowledgeVariable,
  type Page,
  type ShownArticle,
} from '@api'
import { useInfiniteQuery, useQuery } from '@tanstack/vue-query'
import { computed, type Ref } from 'vue'
import { errorText } from '@/shared/errorText'
import { languageName } from '@/shared/languageName'
import { queryClient } from '@/shared/queryClient'
import { may } from '@/shared/session'
import { toast } from '@/shared/toasts'

export type Which = 'current' | 'published' | 'draft' | 'review' | 'overdue' | 'outdated' | 'archived'
export const WHICH: Which[] = ['current', 'published', 'draft', 'review', 'overdue', 'outdated', 'archived']
export const KINDS = ['article', 'faq', 'script'] as const
export type Kind = (typeof KINDS)[number]
export const AUDIENCES = ['public', 'customers', 'agents', 'team'] as const
/** The languages of the desk, which articles begin in. */
export const LOCALES = ['zh-CN', 'en']
/** What an article can be translated into; imports bring any other. */
export const MORE_LOCALES = [
  ...LOCALES,
  ...['zh-TW', 'ja', 'ko', 'de', 'fr', 'es', 'pt', 'it', 'ru', 'ar', 'th', 'vi', 'id', 'ms'],
]
/** How many bytes an article may have. */
export const MOST_BYTES = 2 * 1024 * 1024

export interface Filter {
  text: string
  which: Which
  kind: Kind | ''
  locale: string
  category: Id | null
}

const KEY = 'knowledge'

export function useArticles(filter: Ref<Filter>) {
  return useInfiniteQuery({
    queryKey: [KEY, 'articles', filter],
    queryFn: ({ signal, pageParam }) => api.get<Page<ArticleRow>>(listPath(filter.value, pageParam), signal),
    initialPageParam: '',
    getNextPageParam: (last: Page<ArticleRow>) => last.next,
  })
}

/** Where a list is asked for; what is not chosen is left out. */
export function listPath(filter: Filter, cursor = ''): string {
  return withQuery('/knowledge/articles', { ...filterQuery(filter), cursor, limit: 50 })
}

export function filterQuery(filter: Filter): Record<string, string | number | undefined> {
  return {
    text: filter.text.trim() || undefined,
    which: filter.which,
    kind: filter.kind || undefined,
    locale: filter.locale || undefined,
    category_id: filter.category ?? undefined,
  }
}

export function useCounts() {
  return useQuery({
    queryKey: [KEY, 'counts'],
    queryFn: ({ signal }) => api.get<KnowledgeCounts>('/knowledge/counts', signal),
  })
}

/** An article by its number or its name in addresses. */
export function useArticle(ref: Ref<string>) {
  return useQuery({
    queryKey: [KEY, 'one', ref],
    queryFn: async ({ signal }) => {
      const isNumber = /^\d+$/.test(ref.value)
      const path = `/knowledge/slugs/${encodeURIComponent(ref.value)}`
      const id = isNumber ? ref.value : String((await api.get<{ id: Id }>(path, signal)).id)
      return api.get<Article>(`/knowledge/articles/${id}`, signal)
    },
    enabled: computed(() => ref.value !== ''),
    retry: false,
  })
}

export function useShown(id: Ref<Id | null>, locale: Ref<string>, isWanted: Ref<boolean>) {
  return useQuery({
    queryKey: [KEY, 'shown', id, locale],
    queryFn: ({ signal }) => {
      const path = `/knowledge/articles/${String(id.value)}/shown`
      return api.get<ShownArticle>(withQuery(path, { locale: locale.value }), signal)
    },
    enabled: computed(() => id.value !== null && isWanted.value),
    retry: false,
  })
}

/** What says something that an article says no more, or says it with other figures. */
export function useFindings(id: Ref<Id | null>) {
  return useQuery({
    queryKey: ['knowledge-care', 'of', id],
    queryFn: async ({ signal }) => {
      const path = withQuery('/knowledge/reports/findings', { article_id: id.value })
      return (await api.get<{ items: KnowledgeFinding[] }>(path, signal)).items
    },
    enabled: computed(() => id.value !== null && may('knowledge.care')),
    shallow: true,
  })
}

function useFrame<T>(name: string) {
  return useQuery({
    queryKey: ['knowledge_frame', name],
    queryFn: async ({ signal }) => (await api.get<{ items: T[] }>(`/knowledge/${name}`, signal)).items,
    shallow: true,
  })
}

export const useCategories = () => useFrame<KnowledgeCategory>('categories')
export const useBlocks = () => useFrame<KnowledgeBlock>('blocks')
export const useVariables = () => useFrame<KnowledgeVariable>('variables')

export function useKnowledgePolicy() {
  return useQuery({
    queryKey: ['knowledge_frame', 'policy'],
    queryFn: ({ signal }) => api.get<KnowledgePolicy>('/knowledge/policy', signal),
  })
}

/** Have everything of the knowledge base asked for anew. */
export function renew(): void {
  for (const queryKey of [[KEY], ['knowledge_frame'], ['knowledge-care']])
    void queryClient.invalidateQueries({ queryKey })
}

/** Do something; what came of it, or null with the reason told. */
export async function act<T>(request: () => Promise<T>, done = ''): Promise<{ value: T } | null> {
  try {
    const value = await request()
    renew()
    if (done) toast(done, { tone: 'good' })
    return { value }
  } catch (error) {
    toast(errorText(error), { tone: 'bad' })
    return null
  }
}

export interface Place {
  category: KnowledgeCategory
  depth: number
  isFirst: boolean
  isLast: boolean
}

/** The tree of categories as it is read: each below the one that holds it. */
export function inTree(all: KnowledgeCategory[], parent: Id | null = null, depth = 0): Place[] {
  const level = all.filter((one) => one.parent_id === parent).sort((a, b) => a.position - b.position)
  return level.flatMap((category, at) => [
    { category, depth, isFirst: at === 0, isLast: at === level.length - 1 },
    ...inTree(all, category.id, depth + 1),
  ])
}

export const nameOf = (category: KnowledgeCategory, locale: string): string =>
  (locale === 'zh-CN' ? category.name_zh : category.name_en) || category.name_en || category.name_zh

export { languageName }
export const isLocale = (text: string): boolean => /^[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$/.test(text)
