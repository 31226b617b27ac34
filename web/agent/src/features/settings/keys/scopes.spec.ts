import en from '@/locales/en/settings.json'
import zh from '@/locales/zh-CN/settings.json'
import { describe, expect, it } from 'vitest'
import { scopeGroups, wordKey } from './scopes'

const scopes = scopeGroups.flatMap((group) => group.scopes)

describe('scopeGroups', () => {
  it('name each scope once', () => expect(new Set(scopes).size).toBe(scopes.length))

  it.each(scopes)('%s is explained in both languages', (scope) => {
    expect(en.key.scopes).toHaveProperty(wordKey(scope))
    expect(zh.key.scopes).toHaveProperty(wordKey(scope))
  })

  it('give no program the presence of a person', () => expect(scopes).not.toContain('presence.own'))
})
