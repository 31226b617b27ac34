import type { Entry } from '@api'
import { isEmptyValue, valueText, type Fields } from '@/shared/fields'

export interface FieldSentenceWords {
  t: (key: string, values?: Record<string, unknown>) => string
  locale: string
  fields: Pick<Fields, 'field' | 'fieldName' | 'typeName'>
}

/** A change of the type or of a custom field in words; '' if it is another change. */
export function fieldSentence(entry: Entry, who: string, words: FieldSentenceWords): string {
  const { t, fields } = words
  const { field, from_value: before, to_value: after } = entry.details
  if (field === 'type')
    return typeof after === 'number'
      ? t('fields.typeSet', { who, to: fields.typeName(after) || `#${String(after)}` })
      : t('fields.typeCleared', { who })
  if (!field?.startsWith('fields.')) return ''
  const key = field.slice('fields.'.length)
  const text = (value: unknown): string => shortened(valueText(fields.field(key), value, words))
  const said = { who, field: fields.fieldName(key), from: text(before), to: text(after) }
  if (isEmptyValue(after)) return t('fields.cleared', said)
  return t(isEmptyValue(before) ? 'fields.changed' : 'fields.changedFrom', said)
}

const LONGEST = 80

function shortened(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text
}
