import type { Field, FieldFile } from '@api'
import type { Ref } from 'vue'
import { valueText } from '@/shared/fields'

type Translate = (key: string, values: Record<string, unknown>) => string

/** How values of custom fields read, with the files that they may name. */
export function fieldWords(files: () => FieldFile[], t: Translate, locale: Ref<string>) {
  return (field: Field | undefined, value: unknown): string =>
    valueText(field, value, {
      t: (key, values) => t(key, values ?? {}),
      locale: locale.value,
      file: (id) => files().find((one) => one.id === id),
    })
}
