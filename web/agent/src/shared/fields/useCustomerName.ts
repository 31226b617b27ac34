import { api, type Customer, type Id } from '@api'
import { useQuery } from '@tanstack/vue-query'
import { computed, type ComputedRef } from 'vue'
import { useI18n } from 'vue-i18n'

/** Name of the customer that a value names; their number where the reader may not see them. */
export function useCustomerName(id: ComputedRef<Id | null>): ComputedRef<string> {
  const { t } = useI18n()
  const query = useQuery({
    queryKey: computed(() => ['customer', id.value]),
    queryFn: ({ signal }) => api.get<Customer>(`/customers/${String(id.value)}`, signal),
    enabled: computed(() => id.value !== null),
    retry: false,
    shallow: true,
  })
  return computed(() => {
    if (id.value === null) return ''
    return query.data.value?.name || t('fields.customer', { id: String(id.value) })
  })
}
