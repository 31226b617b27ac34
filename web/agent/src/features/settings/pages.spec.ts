import { describe, expect, it } from 'vitest'
import en from '@/locales/en/settings.json'
import zh from '@/locales/zh-CN/settings.json'
import { findPages, settingsPages, type SettingsPage } from './pages'

const words = (page: SettingsPage): string =>
  `${page.key} ${page.key === 'mailboxes' ? 'IMAP SMTP e-mail' : ''}`
const paths = (found: ReturnType<typeof findPages>): string[] =>
  found.flatMap(({ pages }) => pages.map((page) => page.path))

describe('findPages', () => {
  it('shows an agent only what needs no permission', () => {
    expect(paths(findPages('', () => false, words))).toEqual([
      'profile',
      'security',
      'canned-replies',
      'macros',
      'ticket-templates',
    ])
  })

  it('finds a page by any word, whatever its case', () => {
    expect(paths(findPages('smtp', () => true, words))).toEqual(['mailboxes'])
    expect(paths(findPages('IMAP e-m', () => true, words))).toEqual(['mailboxes'])
  })

  it('leaves out groups without a page', () => {
    expect(findPages('smtp', () => true, words).map(({ group }) => group)).toEqual(['channels'])
    expect(findPages('no such thing', () => true, words)).toEqual([])
  })
})

describe('settingsPages', () => {
  it.each(settingsPages.map((page) => page.key))('%s has a name and words to be found by', (key) => {
    for (const locale of [en, zh]) {
      expect(locale.nav).toHaveProperty(key)
      expect(locale.find).toHaveProperty(key)
    }
  })
})
