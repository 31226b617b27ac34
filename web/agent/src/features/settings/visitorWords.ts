import en from '@/locales/en/visitor.json'
import zh from '@/locales/zh-CN/visitor.json'
import type { Locale } from '@api'
import type { BothWords } from './words'

/** What visitors read, in their language and not in that of whoever sets it up. */
export const visitorWords: Record<Locale, typeof en> = { en, 'zh-CN': zh }

export const inBoth = (key: keyof typeof en): BothWords => ({ en: en[key], 'zh-CN': zh[key] })
