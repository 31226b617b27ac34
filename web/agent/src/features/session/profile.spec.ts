import type { Me } from '@api'
import { describe, expect, it } from 'vitest'
import { presenceAtSignIn, profileChange, type Profile } from './profile'

const profile: Profile = {
  name: 'Lu Qing',
  display_name: 'Lu',
  staff_number: '1024',
  locale: 'zh-CN',
  time_zone: 'Asia/Shanghai',
  theme: 'system',
  signature: 'Regards\n',
  presence: 'keep',
  followsMentions: true,
}
const person = { ...profile, preferences: { density: 'compact' } } as unknown as Me

describe('profileChange', () => {
  it('sends nothing when nothing changed', () => {
    expect(profileChange(profile, person)).toEqual({})
  })

  it('sends only what changed, without blanks around it', () => {
    expect(profileChange({ ...profile, name: ' Lu Q. ' }, person)).toEqual({ name: 'Lu Q.' })
  })

  it('leaves the blanks of a signature, which are meant', () => {
    expect(profileChange({ ...profile, signature: '-- \nLu' }, person)).toEqual({ signature: '-- \nLu' })
  })

  it('keeps other preferences when the state after signing in changes', () => {
    expect(profileChange({ ...profile, presence: 'away' }, person)).toEqual({
      preferences: { density: 'compact', presence_at_sign_in: 'away' },
    })
  })
})

describe('presenceAtSignIn', () => {
  it.each([
    [{}, 'keep'],
    [{ presence_at_sign_in: 'online' }, 'online'],
    [{ presence_at_sign_in: 'offline' }, 'keep'],
  ])('reads %j as %s', (preferences, said) => expect(presenceAtSignIn(preferences)).toBe(said))
})
