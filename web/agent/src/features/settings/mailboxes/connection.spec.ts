import { describe, expect, it } from 'vitest'
import { healthTone, legsOf } from './connection'

describe('legsOf', () => {
  it('tells receiving and sending apart', () => {
    const legs = legsOf({
      ok: false,
      details: { imap: { ok: true }, smtp: { ok: false, problem: 'login_refused', detail: '535 no' } },
    })
    expect(legs.map(({ key, state }) => [key, state])).toEqual([
      ['receiving', 'good'],
      ['sending', 'bad'],
    ])
    expect(legs[1]).toMatchObject({ problem: 'login_refused', detail: '535 no' })
  })

  it('counts a result without parts for both', () => {
    expect(legsOf({ ok: true }).map(({ state }) => state)).toEqual(['good', 'good'])
    expect(legsOf({ ok: false, problem: 'timed_out' }).map(({ problem }) => problem)).toEqual([
      'timed_out',
      'timed_out',
    ])
  })

  it('does not claim what was not tried', () => {
    expect(legsOf({ ok: false, details: { imap: { ok: false, problem: 'timed_out' } } })[1]?.state).toBe(
      'unknown',
    )
  })
})

describe('healthTone', () => {
  it.each([
    [undefined, 'plain'],
    [{}, 'plain'],
    [{ ok: true }, 'good'],
    [{ ok: false, problem: 'x' }, 'bad'],
  ])('reads %j as %s', (health, tone) => expect(healthTone(health)).toBe(tone))
})
