import { i18n } from '@/i18n'

/** A connection's problem in words that say what to do; the server's own words where we have none. */
export function problemWords(code: string, detail: string): string {
  const { t, te } = i18n.global
  if (code && te(`settings.connection.${code}`)) return t(`settings.connection.${code}`)
  return detail || code || t('settings.connection.unknown')
}
