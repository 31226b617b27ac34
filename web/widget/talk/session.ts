import type { Api } from './api'
import { asProblem } from '../problem'
import type { Shelf } from '../shelf'
import type { Visitor } from '../types'

export interface SessionOptions {
  api: Api
  publicKey: string
  locale(): string
  exclusively<T>(work: () => Promise<T>): Promise<T>
  /** Another visitor than before (or none): the thread on screen is not theirs. */
  changed(): void
}

export interface Session {
  current(): Visitor | null
  /** Runs with a token; makes a visitor if there is none, and a new token if the desk refuses this one. */
  withToken<T>(work: (token: string) => Promise<T>): Promise<T>
  /** Who the host page says is signed in there, by its signed token; null: nobody. */
  identify(jwt: string | null): Promise<void>
  forget(): void
  /** Looks again: another tab may have changed the visitor. */
  sync(): void
}

const NAME = 'visitor'
const RENEW_BEFORE_MS = 86_400_000

/** Enough of a signed token to know it again, and too little to use it. */
const proofOf = (jwt: string | null) => jwt?.slice(-12) ?? null

interface KeptVisitor extends Visitor {
  proof?: string | null
}

export function makeSession(shelf: Shelf, options: SessionOptions): Session {
  let jwt: string | null = null
  let shown = ''

  function current(): KeptVisitor | null {
    try {
      const visitor = JSON.parse(shelf.get(NAME) ?? 'null') as KeptVisitor | null
      return visitor && Date.parse(visitor.expires_at) > Date.now() ? visitor : null
    } catch {
      return null
    }
  }

  function tell(): void {
    const id = current()?.visitor_id ?? ''
    if (id === shown) return
    shown = id
    options.changed()
  }

  shown = current()?.visitor_id ?? ''

  async function make(old: string | null): Promise<Visitor> {
    const page = { url: location.href.split('#')[0]?.slice(0, 1000), title: document.title.slice(0, 200) }
    const body = { locale: options.locale(), page, ...(jwt ? { token: jwt } : {}) }
    const visitor = await options.api.call<Visitor>('POST', `${options.publicKey}/visitors`, old, body)
    shelf.set(NAME, JSON.stringify({ ...visitor, proof: proofOf(jwt) }))
    tell()
    return visitor
  }

  /** A token other than the refused one. Under the lock: two tabs must not become two visitors. */
  const obtain = (refused: string | null) =>
    options.exclusively(async () => {
      const visitor = current()
      if (!visitor) return (await make(null)).visitor_token
      if (visitor.visitor_token === refused) {
        shelf.remove(NAME)
        return (await make(null)).visitor_token
      }
      const left = Date.parse(visitor.expires_at) - Date.now()
      if (left > RENEW_BEFORE_MS || visitor.is_verified) return visitor.visitor_token
      return (await make(visitor.visitor_token)).visitor_token
    })

  function forget(): void {
    jwt = null
    shelf.remove(NAME)
    tell()
  }

  return {
    current,
    forget,
    async withToken(work) {
      const token = await obtain(null)
      try {
        return await work(token)
      } catch (error) {
        if (asProblem(error).status !== 401) throw error
        return work(await obtain(token))
      }
    },
    async identify(token) {
      jwt = token
      const visitor = current()
      // Signed out on the host page: the next person at this browser must not read the talk.
      if (!token && visitor?.is_verified) forget()
      if (!token || visitor?.proof === proofOf(token)) return
      await options.exclusively(() => make(visitor?.visitor_token ?? null))
    },
    sync: tell,
  }
}
