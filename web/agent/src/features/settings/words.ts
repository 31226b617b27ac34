export interface BothWords {
  en: string
  'zh-CN': string
}

/** Whatever stands in the settings of a channel, as words in both languages. */
export function bothWords(value: unknown): BothWords {
  const given = (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>
  return { en: text(given.en), 'zh-CN': text(given['zh-CN']) }
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '')
