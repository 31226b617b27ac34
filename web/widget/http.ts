import { Problem, readRetryAfter } from './problem'

const TIMEOUT_MS = 20_000

export function problemOf(status: number, text: string, retryAfter: string | null): Problem {
  let code = `http_${status}`
  try {
    code = (JSON.parse(text) as { code?: string }).code ?? code
  } catch {
    // A proxy's own page: the status says enough.
  }
  return new Problem(status, code, readRetryAfter(retryAfter))
}

/** The token travels in a header only: addresses end up in logs. */
export async function ask(url: string, init: RequestInit = {}, token?: string | null): Promise<Response> {
  const headers: Record<string, string> = { ...(init.headers as Record<string, string>) }
  if (token) headers.Authorization = `Bearer ${token}`
  const response = await fetch(url, { ...init, headers, credentials: 'omit', cache: 'no-store' })
  if (response.ok) return response
  throw problemOf(response.status, await response.text(), response.headers.get('Retry-After'))
}

export async function askJson<T>(
  url: string,
  method = 'GET',
  token?: string | null,
  body?: unknown,
): Promise<T> {
  const abort = new AbortController()
  const timer = setTimeout(() => abort.abort(), TIMEOUT_MS)
  try {
    const init: RequestInit = { method, signal: abort.signal }
    if (body !== undefined) {
      init.headers = { 'Content-Type': 'application/json' }
      init.body = JSON.stringify(body)
    }
    const text = await (await ask(url, init, token)).text()
    return (text ? JSON.parse(text) : null) as T
  } finally {
    clearTimeout(timer)
  }
}

export function backOffMs(failures: number, retryAfter: number, random = Math.random()): number {
  const own = Math.min(30_000, 1000 * 2 ** Math.min(failures, 5)) * (0.75 + random / 2)
  return Math.max(own, retryAfter * 1000)
}
