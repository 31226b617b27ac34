import { describe, expect, it } from 'vitest'
import type { Channel } from '../types'
import { checkWebForm, formSnippet, webForm, webFormBody, type WebFormSettings } from './form'

const both = { en: 'Write to us', 'zh-CN': 'x' }
const defaults = { brandId: 1, teamId: 2, locale: 'en' as const, title: both, thanks: both }

describe('webForm', () => {
  it('comes back from the server as it was sent', () => {
    const { settings } = webFormBody({ ...webForm(null, defaults), ask_phone: true })
    const channel = { id: 1, name: 'a', settings } as unknown as Channel<Partial<WebFormSettings>>
    expect(webFormBody(webForm(channel, defaults)).settings).toEqual(settings)
  })

  it('needs a name', () => {
    expect(checkWebForm(webForm(null, defaults), (key) => key)).toEqual({
      name: 'settings.channel.nameMissing',
    })
  })
})

describe('formSnippet', () => {
  it('lets no title out of its quotes', () => {
    const snippet = formSnippet('https://desk.example', 'abc', '"><script>')
    expect(snippet).toContain('src="https://desk.example/forms/abc"')
    expect(snippet).not.toContain('<script>')
    expect(snippet).toContain('title="&#34;&#62;&#60;script&#62;"')
  })
})
