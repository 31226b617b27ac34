import { describe, expect, it } from 'vitest'
import { createI18n } from 'vue-i18n'

type Words = { [key: string]: string | Words }

const files = import.meta.glob<Words>('../locales/*/*.json', { eager: true, import: 'default' })
const sources = import.meta.glob<string>(['../**/*.{vue,ts}', '!../**/*.spec.ts'], {
  eager: true,
  query: '?raw',
  import: 'default',
})

function flatten(words: Words, prefix: string): [string, string][] {
  return Object.entries(words).flatMap(([key, value]) =>
    typeof value === 'string'
      ? [[`${prefix}.${key}`, value] as [string, string]]
      : flatten(value, `${prefix}.${key}`),
  )
}

function wordsOf(locale: string): Map<string, string> {
  const parts = Object.entries(files).filter(([path]) => path.includes(`/${locale}/`))
  return new Map(parts.flatMap(([path, words]) => flatten(words, /([^/]+)\.json$/.exec(path)?.[1] ?? '')))
}

const en = wordsOf('en')
const zh = wordsOf('zh-CN')
const placeholders = (text: string): string[] => [...new Set(text.match(/\{[^}]+\}/g) ?? [])].sort()

describe('locales', () => {
  it('have the same keys', () => {
    expect([...zh.keys()].sort()).toEqual([...en.keys()].sort())
  })

  it('use the same placeholders', () => {
    const differing = [...en].filter(
      ([key, text]) => `${placeholders(text)}` !== `${placeholders(zh.get(key) ?? '')}`,
    )
    expect(differing.map(([key]) => key)).toEqual([])
  })

  it('can be read by vue-i18n: a bare @ or | means something to it', () => {
    const broken = (locale: string, words: Map<string, string>): string[] => {
      const messages = {
        [locale]: Object.fromEntries([...words].map(([key, text]) => [key.replaceAll('.', '_'), text])),
      }
      const { t } = createI18n({ legacy: false, locale, messages }).global
      return [...words.keys()].filter((key) => {
        try {
          return !t(key.replaceAll('.', '_'))
        } catch {
          return true
        }
      })
    }
    expect([...broken('en', en), ...broken('zh-CN', zh)]).toEqual([])
  })

  it('name each category the same on every screen, and speak to people politely', () => {
    for (const words of [en, zh])
      for (const [key, text] of words)
        if (key.startsWith('settings.categories.'))
          expect(words.get(key.replace('settings.categories', 'tickets.category'))).toBe(text)
    expect([...zh].filter(([, text]) => text.includes('\u4f60'))).toEqual([])
  })

  it('leave no word empty and no Chinese word in English', () => {
    expect([...zh].filter(([, text]) => !text.trim())).toEqual([])
    // a language is named in its own words
    const chinese = [...en].filter(([, text]) => /\p{Script=Han}/u.test(text)).map(([key]) => key)
    expect(chinese).toEqual(['app.language.zh-CN'])
  })

  it('hold every key that a page asks for by name', () => {
    const asked = Object.values(sources).flatMap((source) =>
      [...source.matchAll(/\bt\(\s*'([a-zA-Z_]+\.[\w.-]+)'/g)].map((match) => match[1] ?? ''),
    )
    expect([...new Set(asked)].filter((key) => !en.has(key))).toEqual([])
  })

  it('stand nowhere in code: no Chinese outside the word files', () => {
    const allowed = /\/(i18n)\//
    const found = Object.entries(sources).filter(
      ([path, source]) => !allowed.test(path) && /\p{Script=Han}/u.test(source),
    )
    expect(found.map(([path]) => path)).toEqual([])
  })
})
