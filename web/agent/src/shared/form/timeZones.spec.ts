import { describe, expect, it } from 'vitest'
import { offsetMinutes, timeZoneOptions } from './timeZones'

describe('offsetMinutes', () => {
  it.each([
    ['GMT', 0],
    ['GMT+08:00', 480],
    ['GMT-03:30', -210],
    ['GMT+05:45', 345],
  ])('%s is %i', (name, minutes) => expect(offsetMinutes(name)).toBe(minutes))
})

describe('timeZoneOptions', () => {
  const options = timeZoneOptions('en', new Date('2026-01-15T00:00:00Z'), 'Asia/Shanghai')
  const at = (zone: string): number => options.findIndex((option) => option.value === zone)

  it('run from west to east', () => {
    expect(at('America/New_York')).toBeLessThan(at('Europe/Berlin'))
    expect(at('Europe/Berlin')).toBeLessThan(at('Asia/Shanghai'))
  })

  it('are found by place and by offset', () => {
    expect(options[at('Asia/Shanghai')]?.words).toContain('shanghai')
    expect(options[at('Asia/Shanghai')]?.words).toContain('utc+08:00')
  })

  it('name each zone once and always the chosen one', () => {
    expect(new Set(options.map((option) => option.value)).size).toBe(options.length)
    expect(timeZoneOptions('en', new Date(), 'UTC').some((option) => option.value === 'UTC')).toBe(true)
  })
})
