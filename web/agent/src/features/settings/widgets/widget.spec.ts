import { describe, expect, it } from 'vitest'
import type { Channel } from '../types'
import { checkWidget, widgetBody, widgetForm, widgetSnippet, type WidgetSettings } from './widget'

const defaults = {
  brandId: 1,
  teamId: 2,
  zone: 'Asia/Shanghai',
  locale: 'zh-CN' as const,
  greeting: { en: 'Hello', 'zh-CN': 'x' },
  away: { en: 'Away', 'zh-CN': 'y' },
}
const t = (key: string): string => key
const named = () => ({ ...widgetForm(null, defaults), name: 'Shop' })
type Stored = Channel<Partial<WidgetSettings>>

describe('widgetForm', () => {
  it('begins with words in both languages, the zone of the reader, and always open', () => {
    const form = widgetForm(null, defaults)
    expect(form.greeting.en).toBe('Hello')
    expect(form.office_hours.time_zone).toBe('Asia/Shanghai')
    expect(form.locale_default).toBe('zh-CN')
    expect(form.is_always_open).toBe(true)
  })

  it('does not put a greeting back that somebody emptied', () => {
    const channel = { id: 1, name: 'a', settings: { greeting: { en: '' } } } as unknown as Stored
    expect(widgetForm(channel, defaults).greeting).toEqual({ en: '', 'zh-CN': '' })
  })

  it('comes back from the server as it was sent', () => {
    const form = { ...named(), is_always_open: false }
    const settings = widgetBody(form).settings
    const channel = { ...form, id: 3, settings } as unknown as Stored
    expect(widgetBody(widgetForm(channel, defaults)).settings).toEqual(settings)
  })
})

describe('checkWidget', () => {
  it('is content with what it begins with, once it has a name', () => {
    expect(checkWidget(named(), t)).toEqual({})
    expect(checkWidget({ ...named(), name: ' ' }, t)).toHaveProperty('name')
  })

  it('wants hours only where there are office hours', () => {
    const office_hours = { ...named().office_hours, intervals: [] }
    expect(checkWidget({ ...named(), office_hours }, t)).toEqual({})
    expect(checkWidget({ ...named(), office_hours, is_always_open: false }, t)).toHaveProperty('hours')
  })

  it('says on which day hours overlap', () => {
    const intervals = [0, 60].map((start) => ({ weekday: 2 as const, start, end: 120 }))
    const office_hours = { ...named().office_hours, intervals }
    expect(Object.keys(checkWidget({ ...named(), office_hours, is_always_open: false }, t))).toEqual([
      'day_2',
    ])
  })

  it('refuses what is no colour', () => {
    expect(checkWidget({ ...named(), color: 'teal' }, t)).toHaveProperty('color')
  })
})

describe('widgetBody', () => {
  it('sends no hours for a widget that is always open', () => {
    expect(widgetBody(named()).settings.office_hours.intervals).toEqual([])
  })

  it('writes a short colour out and megabytes as bytes', () => {
    const { settings } = widgetBody({ ...named(), color: ' #0AF ', file_max_mb: 2.5 })
    expect(settings.color).toBe('#00aaff')
    expect(settings.file_max_bytes).toBe(2_621_440)
  })
})

describe('widgetSnippet', () => {
  it('is one line that loads the widget', () => {
    expect(widgetSnippet('https://desk.example', 'abc')).toBe(
      '<script async src="https://desk.example/widget.js" data-key="abc"></script>',
    )
  })
})
