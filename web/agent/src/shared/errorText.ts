import { ApiError } from '@api'
import { i18n } from '@/i18n'

/** What went wrong in the reader's language: by the error's code, else in the server's own words. */
export function errorText(error: unknown): string {
  const { t, te } = i18n.global
  if (!(error instanceof ApiError)) return t('errors.unexpected')
  if (te(`errors.${error.code}`)) return t(`errors.${error.code}`)
  return error.detail || t('errors.unexpected')
}
