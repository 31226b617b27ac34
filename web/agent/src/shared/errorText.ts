import { ApiError } from '@api'
import { i18n } from '@/i18n'

/** What went wrong in the reader's language: by the error's code, else in the server's own words. */
export function errorText(error: unknown): string {
  const { t, te } = i18n.global
  if (!(error instanceof ApiError)) return t('errors.unexpected')
  // "The input is not right" says nothing where no field can be marked: the words for the field come first.
  const field = Object.entries(error.fields).find(([name, word]) => te(`errors.field.${name}.${word}`))
  if (error.code === 'invalid' && field) return t(`errors.field.${field[0]}.${field[1]}`)
  if (te(`errors.${error.code}`)) return t(`errors.${error.code}`)
  return error.detail || t('errors.unexpected')
}
