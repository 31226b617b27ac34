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

describe('what a widget has', () => {
  const closed_on = ['2026-10-01', '2026-10-02']
  const settings = {
    office_hours: { time_zone: 'UTC', intervals: [{ weekday: 0, start: 0, end: 60 }], closed_on },
    pre_chat: { name: false, email: 'off' },
    file_types: ['image/*', 'application/pdf'],
    signed_only: true,
    mails_per_day: 3,
  }
  const channel = { id: 3, name: 'a', settings } as unknown as Stored

  it('stays as it is when something else is saved', () => {
    const saved = widgetBody({ ...widgetForm(channel, defaults), color: '#000000' }).settings
    expect(saved).toMatchObject({ ...settings, file_types: ['application/pdf', 'image/*'] })
  })

  it('keeps its days off while it is always open', () => {
    const form = { ...widgetForm(channel, defaults), is_always_open: true }
    expect(widgetBody(form).settings.office_hours).toMatchObject({ intervals: [], closed_on })
  })

  it('keeps what a later server knows of the hours', () => {
    const later = { ...settings, office_hours: { ...settings.office_hours, half_days: ['x'] } }
    const form = widgetForm({ ...channel, settings: later } as unknown as Stored, defaults)
    expect(widgetBody(form).settings.office_hours).toHaveProperty('half_days', ['x'])
  })

  it('takes any file as an empty list, and some kinds as their types', () => {
    expect(widgetForm({ ...channel, settings: { file_types: [] } }, defaults).takes_any_file).toBe(true)
    expect(widgetBody({ ...named(), takes_any_file: true }).settings.file_types).toEqual([])
    expect(widgetBody({ ...named(), file_kinds: ['pdf'] }).settings.file_types).toEqual(['application/pdf'])
  })
})

describe('checkWidget', () => {
  it('wants a kind of file, unless any or none is taken', () => {
    const none = { ...named(), file_kinds: [] }
    expect(checkWidget(none, t)).toHaveProperty('file_kinds')
    expect(checkWidget({ ...none, takes_any_file: true }, t)).toEqual({})
    expect(checkWidget({ ...none, file_max_mb: 0 }, t)).toEqual({})
  })

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
