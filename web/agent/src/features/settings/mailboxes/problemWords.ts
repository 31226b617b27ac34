import { i18n } from '@/i18n'
import { problemCode } from './connection'

/** A connection's problem in words that say what to do; the server's own words where we have none. */
export function problemWords(detail: string): string {
  const { t } = i18n.global
  const code = problemCode(detail)
  return code ? t(`settings.connection.${code}`) : detail || t('settings.connection.unknown')
}
