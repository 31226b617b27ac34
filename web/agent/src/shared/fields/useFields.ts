import { api, type Field, type FieldSubject, type Id, type TicketType } from '@api'
import { useQuery } from '@tanstack/vue-query'
import { computed, type ComputedRef } from 'vue'
import { useI18n } from 'vue-i18n'
import { nameIn } from './values'

/** Definitions of one subject's fields, archived ones too. */
export function useFieldList(subject: FieldSubject = 'ticket'): ComputedRef<Field[]> {
  const query = useQuery({
    queryKey: ['desk', 'fields', subject],
    queryFn: async ({ signal }) =>
      (await api.get<{ items: Field[] }>(`/fields?subject=${subject}`, signal)).items,
    staleTime: Infinity,
    shallow: true,
  })
  return computed(() => query.data.value ?? [])
}

/** Ticket types and ticket fields by id and key, with the names to show. */
export function useFields() {
  const { locale } = useI18n()
  const fields = useFieldList()
  const query = useQuery({
    queryKey: ['desk', 'ticket_types'],
    queryFn: async ({ signal }) => (await api.get<{ items: TicketType[] }>('/ticket-types', signal)).items,
    staleTime: Infinity,
    shallow: true,
  })
  const types = computed(() => query.data.value ?? [])
  const byKey = computed(() => new Map(fields.value.map((field) => [field.key, field])))
  const byId = computed(() => new Map(types.value.map((type) => [type.id, type])))
  return {
    fields,
    types,
    field: (key: string) => byKey.value.get(key),
    type: (id: Id | null) => (id === null ? undefined : byId.value.get(id)),
    fieldName: (key: string) => {
      const found = byKey.value.get(key)
      return found ? nameIn(locale.value, found) : key
    },
    typeName: (id: Id | null) => {
      const found = id === null ? undefined : byId.value.get(id)
      return found ? nameIn(locale.value, found) : ''
    },
  }
}

export type Fields = ReturnType<typeof useFields>
