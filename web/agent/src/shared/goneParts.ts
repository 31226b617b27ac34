import { useFields, nameIn } from '@/shared/fields'
import { useI18n } from 'vue-i18n'

interface GonePart {
  place: string
  code: string
  value?: unknown
}

/** Says in words what a macro or a template names that is gone; nothing where all is there. */
export function useGoneParts() {
  const { t, te, locale } = useI18n()
  const { field } = useFields()

  function name(place: string): string {
    const known = place.startsWith('fields.') ? field(place.slice('fields.'.length)) : undefined
    if (known) return nameIn(locale.value, known)
    return te(`fields.gone.${place}`) ? t(`fields.gone.${place}`) : place
  }

  return (parts: readonly GonePart[] | undefined): string =>
    parts?.length
      ? t('fields.gone.text', {
          names: [...new Set(parts.map((one) => name(one.place)))].join(t('fields.gone.comma')),
        })
      : ''
}
