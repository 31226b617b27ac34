import { beforeEach, describe, expect, it, vi } from 'vitest'
import { Problem } from '../problem'
import { openShelf, type Shelf } from '../shelf'
import type { Visitor } from '../types'
import type { Api } from './api'
import { makeSession, type Session } from './session'

let shelf: Shelf
let made: { old: string | null | undefined; body: { token?: string } }[]
let changes: number

function makeOne(): Session {
  const call = (_: string, __: string, old?: string | null, body?: unknown) => {
    made.push({ old, body: body as { token?: string } })
    const jwt = (body as { token?: string }).token
    const visitor: Visitor = {
      visitor_token: `token${made.length}`,
      visitor_id: jwt ? 'signed' : `v${made.length}`,
      expires_at: new Date(Date.now() + 30 * 86_400_000).toISOString(),
      is_verified: !!jwt,
    }
    return Promise.resolve(visitor)
  }
  return makeSession(shelf, {
    api: { call } as unknown as Api,
    publicKey: 'key',
    locale: () => 'en',
    exclusively: (work) => work(),
    changed: () => changes++,
  })
}

beforeEach(() => {
  localStorage.clear()
  shelf = openShelf('s:', localStorage)
  made = []
  changes = 0
})

describe('withToken', () => {
  it('makes one visitor and uses it again', async () => {
    const session = makeOne()
    const tokens = [
      await session.withToken((t) => Promise.resolve(t)),
      await session.withToken((t) => Promise.resolve(t)),
    ]
    expect(tokens).toEqual(['token1', 'token1'])
    expect(made).toHaveLength(1)
  })

  it('remembers the visitor over a reload', async () => {
    await makeOne().withToken(() => Promise.resolve())
    expect(await makeOne().withToken((t) => Promise.resolve(t))).toBe('token1')
  })

  it('becomes a new visitor once when the token is refused', async () => {
    const work = vi.fn((token: string) =>
      token === 'token1' ? Promise.reject(new Problem(401, 'expired')) : Promise.resolve(token),
    )
    expect(await makeOne().withToken(work)).toBe('token2')
    expect(work).toHaveBeenCalledTimes(2)
  })

  it('passes other problems on', async () => {
    const refused = makeOne().withToken(() => Promise.reject(new Problem(429, 'slow')))
    await expect(refused).rejects.toMatchObject({ status: 429 })
  })

  it('renews a token in its last day under the same name', async () => {
    shelf.set(
      'visitor',
      JSON.stringify({
        visitor_token: 'old',
        visitor_id: 'v',
        expires_at: new Date(Date.now() + 1000).toISOString(),
        is_verified: false,
      }),
    )
    await makeOne().withToken(() => Promise.resolve())
    expect(made[0]?.old).toBe('old')
  })
})

describe('identify', () => {
  it('becomes the signed visitor and tells that the talk is another one', async () => {
    const session = makeOne()
    await session.identify('h.p.signature-one')
    expect(session.current()).toMatchObject({ visitor_id: 'signed', is_verified: true })
    expect(changes).toBe(1)
  })

  it('asks nothing when the same signed token comes again', async () => {
    await makeOne().identify('h.p.signature-one')
    await makeOne().identify('h.p.signature-one')
    expect(made).toHaveLength(1)
  })

  it('forgets a signed visitor when the page signs nobody', async () => {
    const session = makeOne()
    await session.identify('h.p.signature-one')
    await session.identify(null)
    expect(session.current()).toBeNull()
    expect(shelf.get('visitor')).toBeNull()
  })

  it('keeps an anonymous visitor when the page signs nobody', async () => {
    const session = makeOne()
    await session.withToken(() => Promise.resolve())
    await session.identify(null)
    expect(session.current()?.visitor_id).toBe('v1')
  })
})
