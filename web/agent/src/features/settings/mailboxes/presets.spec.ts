import { describe, expect, it } from 'vitest'
import en from '@/locales/en/settings.json'
import { portFor, presetOf, presetOfHost, presets } from './presets'

describe('presetOf', () => {
  it.each([
    ['hi@qq.com', 'qq'],
    [' Hi@Foxmail.com ', 'qq'],
    ['a@163.com', 'netease'],
    ['a@gmail.com', 'gmail'],
    ['a@hotmail.com', 'microsoft'],
  ])('knows the provider of %s', (address, key) => expect(presetOf(address)?.key).toBe(key))

  it.each(['service@shop.example', 'qq.com', '', 'a@notqq.com'])('guesses nothing for %j', (address) =>
    expect(presetOf(address)).toBeUndefined(),
  )
})

describe('presetOfHost', () => {
  it('finds the provider again from the server', () => {
    for (const preset of presets) expect(presetOfHost(preset.imap.host.toUpperCase())).toBe(preset)
  })
})

describe('portFor', () => {
  it('follows the encryption when the port is the usual one', () => {
    expect(portFor('smtp', 465, 'tls', 'starttls')).toBe(587)
    expect(portFor('imap', 993, 'tls', 'none')).toBe(143)
  })

  it('leaves a port that somebody typed', () => {
    expect(portFor('smtp', 2525, 'tls', 'starttls')).toBe(2525)
  })
})

describe('presets', () => {
  it.each(presets.map((preset) => preset.key))('%s has a name and says which password it wants', (key) => {
    expect(en.mailbox.presets).toHaveProperty(key)
    expect(en.mailbox.presetHints).toHaveProperty(key)
  })

  it('send nothing over an open line', () => {
    for (const { imap, smtp } of presets) expect([imap.security, smtp.security]).not.toContain('none')
  })
})
