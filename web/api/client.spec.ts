import { afterEach, describe, expect, it, vi } from 'vitest'
import { api, ApiError, problemFrom, setCsrf, whenSignedOut, withQuery } from './client'

function answer(status: number, body: unknown): { headers: () => Record<string, string> } {
  let sent: Record<string, string> = {}
  vi.stubGlobal('fetch', (_: string, init: RequestInit) => {
    sent = init.headers as Record<string, string>
    return Promise.resolve(new Response(body === undefined ? null : JSON.stringify(body), { status }))
  })
  return { headers: () => sent }
}

afterEach(() => vi.unstubAllGlobals())

describe('withQuery', () => {
  it('leaves out what is not set and keeps false and 0', () => {
    expect(withQuery('/t', { a: null, b: undefined, c: '', d: 0, e: false, f: '中 文' })).toBe(
      '/t?d=0&e=false&f=%E4%B8%AD+%E6%96%87',
    )
  })

  it('goes on where the address has values already', () => {
    expect(withQuery('/t?a=true', { limit: 9 })).toBe('/t?a=true&limit=9')
  })

  it('adds no question mark without values', () => {
    expect(withQuery('/t', {})).toBe('/t')
  })
})

describe('problemFrom', () => {
  it('reads code, detail and fields of a problem document', () => {
    const error = problemFrom(400, { code: 'invalid', detail: 'No', fields: { name: 'too long' } })
    expect(error).toMatchObject({ status: 400, code: 'invalid', detail: 'No', fields: { name: 'too long' } })
  })

  it.each([
    [502, 'server_unreachable'],
    [500, 'http_500'],
  ])('gives %i without a document the code %s', (status, code) => {
    expect(problemFrom(status, undefined).code).toBe(code)
  })
})

describe('api', () => {
  it('sends the token with unsafe requests only', async () => {
    setCsrf('secret')
    const sent = answer(200, {})
    await api.get('/me')
    expect(sent.headers()['X-CSRF-Token']).toBeUndefined()
    await api.post('/tickets', { subject: 'x' })
    expect(sent.headers()['X-CSRF-Token']).toBe('secret')
  })

  it('returns nothing for an empty answer', async () => {
    answer(204, undefined)
    await expect(api.put('/me/presence', {})).resolves.toBeUndefined()
  })

  it('throws the problem with its whole document', async () => {
    answer(409, { code: 'stale_reply', detail: 'newer', newer: [1] })
    const error = await api.post('/x').catch((caught: unknown) => caught)
    expect(error).toBeInstanceOf(ApiError)
    expect((error as ApiError).body.newer).toEqual([1])
  })

  it('says that the server cannot be reached when the line is down', async () => {
    vi.stubGlobal('fetch', () => Promise.reject(new TypeError('failed')))
    await expect(api.get('/x')).rejects.toMatchObject({ code: 'server_unreachable', status: 0 })
  })

  it('tells when the session has ended, but not when signing in fails', async () => {
    const ended = vi.fn()
    whenSignedOut(ended)
    answer(401, { code: 'not_signed_in' })
    await api.post('/session', {}).catch(() => undefined)
    expect(ended).not.toHaveBeenCalled()
    await api.get('/tickets').catch(() => undefined)
    expect(ended).toHaveBeenCalledOnce()
  })
})
