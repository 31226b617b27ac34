import type { Locale } from '@api'
import { watch } from 'vue'
import { createI18n } from 'vue-i18n'

type Words = Record<string, unknown>

const files = import.meta.glob<{ default: Words }>('../locales/*/*.json')
const STORE_KEY = 'ombud.locale'

export const i18n = createI18n({
  legacy: false,
  locale: 'en',
  fallbackLocale: false,
  missingWarn: false,
  fallbackWarn: false,
})

const loaded = new Set<string>()
const wanted = new Set<string>()

async function loadOne(locale: string, feature: string): Promise<void> {
  const path = `../locales/${locale}/${feature}.json`
  const read = files[path]
  if (!read || loaded.has(path)) return
  const words = (await read()).default
  loaded.add(path)
  i18n.global.mergeLocaleMessage(locale, { [feature]: words })
}

/** Make the words of these features ready in the present language; a file's name is the first part of its keys. */
export async function loadWords(...features: string[]): Promise<void> {
  for (const feature of features) wanted.add(feature)
  await Promise.all(features.map((feature) => loadOne(i18n.global.locale.value, feature)))
}

/** Change the language of the page, and of the next visit. */
export async function setLocale(locale: Locale): Promise<void> {
  await Promise.all([...wanted].map((feature) => loadOne(locale, feature)))
  i18n.global.locale.value = locale
  localStorage.setItem(STORE_KEY, locale)
}

/** The language of the last visit, or the browser's. */
export function firstLocale(): Locale {
  const stored = localStorage.getItem(STORE_KEY)
  if (stored === 'en' || stored === 'zh-CN') return stored
  return navigator.languages.some((name) => name.startsWith('zh')) ? 'zh-CN' : 'en'
}

watch(i18n.global.locale, (locale) => (document.documentElement.lang = locale), { immediate: true })
