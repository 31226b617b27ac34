import { i18n } from '@/i18n'
import { errorText } from '@/shared/errorText'
import { ApiError } from '@api'

/** What went wrong, in the words of signing in where there are such, else in the general ones. */
export function problemText(error: unknown): string {
  const { t, te } = i18n.global
  const key = error instanceof ApiError ? `session.errors.${error.code}` : ''
  return key && te(key) ? t(key) : errorText(error)
}
