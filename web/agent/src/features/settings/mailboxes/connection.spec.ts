import en from '@/locales/en/settings.json'
import { describe, expect, it } from 'vitest'
import { healthOf, legsOf, problemCode } from './connection'

describe('legsOf', () => {
  it('tells receiving and sending apart', () => {
    const legs = legsOf({
      ok: false,
      problem: 'SMTP: 535 no',
      details: { problems: { imap: '', smtp: '535 no' } },
    })
    expect(legs.map(({ state }) => state)).toEqual(['good', 'bad'])
    expect(legs[1]?.detail).toBe('535 no')
  })

  it('counts a result without parts for both', () => {
    expect(legsOf({ ok: true, problem: '', details: {} }).map(({ state }) => state)).toEqual(['good', 'good'])
    expect(
      legsOf({ ok: false, problem: 'no', details: {} }).map(({ state, detail }) => state + detail),
    ).toEqual(['badno', 'badno'])
  })
})

describe('healthOf', () => {
  const good = { ok: true, at: '2026-11-22T02:30:00Z', problem: '' }
  const bad = { ok: false, at: '2026-11-22T02:36:00Z', problem: 'gaierror' }

  it('knows when nobody has tried', () => {
    expect(healthOf(undefined).tone).toBe('plain')
    expect(healthOf({}).tone).toBe('plain')
  })

  it('is bad when one direction is', () => {
    expect(healthOf({ imap: good, smtp: bad })).toEqual({ tone: 'bad', detail: 'gaierror', at: bad.at })
    expect(healthOf({ imap: good, smtp: good }).tone).toBe('good')
    expect(healthOf({ imap: good })).toMatchObject({ tone: 'good', at: good.at })
  })
})

describe('problemCode', () => {
  it.each([
    ['gaierror: [Errno -2] Name or service not known', 'host_not_found'],
    [
      'SMTPConnectError: Error connecting to smtp.x on port 465: [Errno -2] Name or service not known',
      'host_not_found',
    ],
    ['[Errno 111] Connection refused', 'connection_refused'],
    ['TimeoutError: timed out', 'timed_out'],
    ['SSLCertVerificationError: certificate verify failed', 'certificate_invalid'],
    ['[SSL: WRONG_VERSION_NUMBER] wrong version number', 'tls_failed'],
    ['b"[AUTHENTICATIONFAILED] Invalid"', 'login_refused'],
    ['535 5.7.8 Error', 'login_refused'],
  ])('%s is %s', (detail, code) => {
    expect(problemCode(detail)).toBe(code)
    expect(en.connection).toHaveProperty(code)
  })

  it('explains nothing that it does not know', () => expect(problemCode('E42')).toBe(''))
})
