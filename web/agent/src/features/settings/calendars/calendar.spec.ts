import type { CalendarRow } from '@api'
import { describe, expect, it } from 'vitest'
import { bars, check, toForm, toSpec, withDays, type CalendarForm } from './calendar'

const t = (key: string): string => key
const row = {
  name_en: 'Office',
  name_zh: '办公时间',
  is_default: true,
  is_archived: false,
  spec: {
    time_zone: 'Asia/Shanghai',
    week: { mon: [['22:00', '06:00']] },
    days_off: [{ on: '2026-10-01', name_en: 'National Day', name_zh: '国庆节' }],
    exchanged: [{ on: '2026-09-20', name_en: 'National Day', name_zh: '国庆节', like: 'mon' }],
    special: { '2026-12-24': [['09:00', '12:00']] },
    breaks: { '2026-11-23': [['14:00', '16:00']] },
    known_until: '2026-12-31',
  },
} as unknown as CalendarRow

function form(): CalendarForm {
  return toForm(row, 'UTC')
}

describe('the form of a calendar', () => {
  it('says the same as the calendar that it was made of', () => {
    expect(toSpec(form())).toEqual(row.spec)
    expect(form().days.map((one) => one.on)).toEqual(['2026-09-20', '2026-10-01', '2026-11-23', '2026-12-24'])
  })

  it('begins with office hours in the reader’s zone', () => {
    const fresh = toForm(null, 'Europe/Berlin')
    expect(fresh.time_zone).toBe('Europe/Berlin')
    expect(fresh.week.fri).toHaveLength(2)
    expect(fresh.week.sat).toEqual([])
  })

  it('takes days over that it does not name yet', () => {
    const more = [
      {
        on: '2026-10-01',
        kind: 'exchanged' as const,
        name_en: '',
        name_zh: '',
        hours: [],
        like: 'mon' as const,
      },
      { on: '2026-10-02', kind: 'off' as const, name_en: '', name_zh: '', hours: [], like: 'mon' as const },
    ]
    const days = withDays(form(), more)
    expect(days.find((one) => one.on === '2026-10-01')?.kind).toBe('off')
    expect(days).toHaveLength(5)
  })

  it('names what is missing', () => {
    expect(check(form(), t)).toEqual({})
    const empty = { ...form(), name_en: '', name_zh: ' ', week: toForm(null, 'UTC').week }
    for (const day of Object.values(empty.week)) day.length = 0
    expect(Object.keys(check(empty, t))).toEqual(['name_zh', 'week'])
    const days = form().days.map((one) => ({ ...one, hours: [] }))
    expect(Object.keys(check({ ...form(), days }, t))).toEqual(['day_2026-11-23', 'day_2026-12-24'])
  })
})

describe('bars', () => {
  it('shows a night on both of its days', () => {
    expect(bars([['22:00', '06:00']])).toEqual([
      { left: 1_320 / 14.4, width: 120 / 14.4, isMorning: false },
      { left: 0, width: 25, isMorning: true },
    ])
    expect(bars([['00:00', '24:00']])).toEqual([{ left: 0, width: 100, isMorning: false }])
    expect(bars([['18:00', '00:00']])).toHaveLength(1)
  })
})
