import { api, withQuery } from '@api'
import { keepPreviousData, useQuery } from '@tanstack/vue-query'
import { computed, type Ref } from 'vue'
import { errorText } from '@/shared/errorText'
import { queryClient } from '@/shared/queryClient'
import { may } from '@/shared/session'
import { toast } from '@/shared/toasts'

export type Tab = 'overview' | 'searches' | 'articles' | 'stale' | 'findings' | 'requests' | 'board'
/** What only those see who care for knowledge; requests and the board are everybody's. */
const OF_CARE: Tab[] = ['overview', 'searches', 'articles', 'stale', 'findings']
export const tabs = (): Tab[] => [...(may('knowledge.care') ? OF_CARE : []), 'requests', 'board']
export const DAYS = [7, 30, 90] as const
const DAY_MS = 86_400_000

/** One report; `query` gives what else it is asked for. */
export function useReport<T>(
  path: string,
  query: Ref<Record<string, string | number | boolean | undefined>>,
) {
  return useQuery({
    queryKey: ['knowledge-care', path, query],
    queryFn: ({ signal }) => api.get<T>(withQuery(path, query.value), signal),
    placeholderData: keepPreviousData,
  })
}

/** A period that ends now, as an address asks for it. */
export function usePeriod(days: Ref<number>) {
  return computed(() => ({ since: new Date(Date.now() - days.value * DAY_MS).toISOString() }))
}

/** A share in whole percent, or a dash where there is nothing to share. */
export const share = (part: number, whole: number): string =>
  whole ? `${String(Math.round((part / whole) * 100))} %` : '–'

/** Do something; whether it went well, with the reason told where not. */
export async function attempt(request: () => Promise<unknown>): Promise<boolean> {
  try {
    await request()
    await queryClient.invalidateQueries({ queryKey: ['knowledge-care'] })
    await queryClient.invalidateQueries({ queryKey: ['article-requests'] })
    return true
  } catch (error) {
    toast(errorText(error), { tone: 'bad' })
    return false
  }
}

/** Months from this one back, as the board names them. */
export function months(now: Date, count: number): string[] {
  return Array.from({ length: count }, (_, back) => {
    const day = new Date(now.getFullYear(), now.getMonth() - back, 1)
    return `${String(day.getFullYear())}-${String(day.getMonth() + 1).padStart(2, '0')}`
  })
}
