import type { Locale } from '@api'

export const locales: Locale[] = ['zh-CN', 'en']

/** A language as its own speakers call it, whatever the page speaks now. */
export function ownName(locale: Locale): string {
  const language = locale.split('-')[0] ?? locale
  return new Intl.DisplayNames(locale, { type: 'language' }).of(language) ?? locale
}
