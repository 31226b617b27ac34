import { api, withQuery, type Id, type ModelExchangeRow, type ModelSettings, type Page } from '@api'
import { useQuery, useQueryClient } from '@tanstack/vue-query'
import { toastProblem } from '../problemText'

export const KEY = ['settings', 'models']
/** Millionths of a unit of money in one. */
export const MICROS = 1_000_000

/** What exchanges are narrowed to. */
export interface Narrowing {
  text: string
  purpose: string
  ended: string
  attacked: boolean
}

export function useModels() {
  return useQuery({
    queryKey: KEY,
    queryFn: ({ signal }) => api.get<ModelSettings>('/model-settings', signal),
    staleTime: 0,
    // an endpoint that rests, or a budget that is used up, shows without a reload
    refetchInterval: 10_000,
  })
}

/** Send a change whose answer is the whole of the settings; whether it went well. */
export function useModelVerbs() {
  const client = useQueryClient()
  const refresh = (): Promise<void> => client.invalidateQueries({ queryKey: KEY })
  async function change(path: string, body: object): Promise<boolean> {
    try {
      client.setQueryData(KEY, await api.put<ModelSettings>(path, body))
      return true
    } catch (error) {
      toastProblem(error)
      await refresh()
      return false
    }
  }
  return { change, refresh }
}

export const exchangesPath = (wanted: Narrowing, cursor: string | null): string =>
  withQuery('/model-exchanges', {
    limit: 30,
    cursor,
    text: wanted.text || undefined,
    purpose: wanted.purpose || undefined,
    ended: wanted.ended || undefined,
    is_attacked: wanted.attacked ? true : undefined,
  })

export const fetchExchanges = (
  wanted: Narrowing,
  cursor: string | null,
  signal: AbortSignal,
): Promise<Page<ModelExchangeRow>> => api.get<Page<ModelExchangeRow>>(exchangesPath(wanted, cursor), signal)

/** An amount as people enter it: empty is without limit. */
export function amountOf(text: string, factor = 1): number | null {
  const number = Number(text.replaceAll(/[\s,]/g, ''))
  return text.trim() && Number.isFinite(number) && number >= 0 ? Math.round(number * factor) : null
}

export const textOf = (amount: number | null | undefined, factor = 1): string =>
  amount === null || amount === undefined ? '' : String(amount / factor)

export const endpointPath = (id: Id): string => `/model-endpoints/${String(id)}`
