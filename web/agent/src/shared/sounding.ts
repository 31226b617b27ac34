import { api, withQuery, type Suggestion } from '@api'
import { useQuery } from '@tanstack/vue-query'
import { computed, ref, type Ref } from 'vue'

/**
 * Options of a picker that sound like what was typed (`tk` for tuikuan, refund): the server knows the readings.
 * `typed` is the picker's query; `keys` are those of people and canned replies (their ids, behind `prefix`) or tags.
 */
export function useSounding(
  kind: Exclude<Suggestion['kind'], 'operators'>,
  prefix = '',
): { typed: Ref<string>; keys: Ref<string[]> } {
  const typed = ref('')
  const isLatin = computed(() => /^[a-z' ]+$/i.test(typed.value))
  const query = useQuery({
    queryKey: computed(() => ['sounding', kind, typed.value]),
    queryFn: async ({ signal }) => {
      const path = withQuery('/search/suggest', { kind, q: typed.value })
      return (await api.get<{ items: Suggestion[] }>(path, signal)).items
    },
    enabled: isLatin,
    staleTime: 60_000,
    shallow: true,
  })
  const keys = computed(() =>
    isLatin.value
      ? (query.data.value ?? []).map((one) => prefix + (one.id === null ? one.value : String(one.id)))
      : [],
  )
  return { typed, keys }
}
