const BASE = '/api/v1'

let csrf = ''
let onSignedOut: (() => void) | null = null

/** Remember the token that unsafe requests must carry. */
export function setCsrf(token: string): void {
  csrf = token
}

/** Call `listener` whenever the server says that nobody is signed in. */
export function whenSignedOut(listener: () => void): void {
  onSignedOut = listener
}

/** A refusal of the server. `code` is stable and names the words to show; `body` is the whole problem document. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly detail: string,
    readonly fields: Record<string, string> = {},
    readonly body: Record<string, unknown> = {},
  ) {
    super(detail || code)
    this.name = 'ApiError'
  }
}

type QueryValue = string | number | boolean | null | undefined

/** Path with a query string of those values that are set. */
export function withQuery(path: string, query: Record<string, QueryValue>): string {
  const pairs = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) {
    if (value !== null && value !== undefined && value !== '') pairs.set(name, String(value))
  }
  const text = pairs.toString()
  return text ? `${path}${path.includes('?') ? '&' : '?'}${text}` : path
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Read a problem document; anything else becomes `server_unreachable` or `http_<status>`. */
export function problemFrom(status: number, body: unknown): ApiError {
  if (!isRecord(body))
    return new ApiError(status, status >= 502 ? 'server_unreachable' : `http_${String(status)}`, '')
  const code = typeof body.code === 'string' ? body.code : `http_${String(status)}`
  const detail = typeof body.detail === 'string' ? body.detail : ''
  const fields = isRecord(body.fields) ? (body.fields as Record<string, string>) : {}
  return new ApiError(status, code, detail, fields, body)
}

async function readBody(response: Response): Promise<unknown> {
  const text = await response.text()
  if (!text) return undefined
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}

/** The wait of a throttled request stands in a header; pages count it down. */
function withRetryAfter(body: unknown, response: Response): unknown {
  const seconds = Number(response.headers.get('Retry-After') ?? Number.NaN)
  return isRecord(body) && Number.isFinite(seconds) ? { retry_after_seconds: seconds, ...body } : body
}

interface RequestOptions {
  body?: unknown
  headers?: Record<string, string>
  signal?: AbortSignal | undefined
  keepalive?: boolean
}

function requestInit(method: string, options: RequestOptions): RequestInit {
  const headers: Record<string, string> = { Accept: 'application/json', ...options.headers }
  if (method !== 'GET') headers['X-CSRF-Token'] = csrf
  if (options.body !== undefined) headers['Content-Type'] = 'application/json'
  return {
    method,
    headers,
    credentials: 'same-origin',
    body: options.body === undefined ? null : JSON.stringify(options.body),
    signal: options.signal ?? null,
    keepalive: options.keepalive ?? false,
  }
}

async function request<T>(method: string, path: string, options: RequestOptions = {}): Promise<T> {
  let response: Response
  try {
    response = await fetch(BASE + path, requestInit(method, options))
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error
    throw new ApiError(0, 'server_unreachable', '')
  }
  const body = await readBody(response)
  if (response.ok) return body as T
  if (response.status === 401 && path !== '/session' && !path.startsWith('/session/')) onSignedOut?.()
  throw problemFrom(response.status, withRetryAfter(body, response))
}

export const api = {
  get: <T>(path: string, signal?: AbortSignal): Promise<T> => request<T>('GET', path, { signal }),
  post: <T>(path: string, body: unknown = {}, headers: Record<string, string> = {}): Promise<T> =>
    request<T>('POST', path, { body, headers }),
  put: <T>(path: string, body: unknown = {}): Promise<T> => request<T>('PUT', path, { body }),
  patch: <T>(path: string, body: unknown = {}): Promise<T> => request<T>('PATCH', path, { body }),
  /** DELETE; some carry a body (switching the second factor off asks for the password). */
  delete: <T>(path: string, body?: unknown): Promise<T> => request<T>('DELETE', path, { body }),
  /** DELETE that outlives the page which is being left. */
  deleteInLeaving: (path: string): Promise<unknown> => request('DELETE', path, { keepalive: true }),
}

/** Send one file with progress (0…1). */
export function uploadFile<T>(
  path: string,
  file: File,
  onProgress: (share: number) => void,
  signal?: AbortSignal,
): Promise<T> {
  return uploadFiles<T>(path, { file }, onProgress, signal)
}

/** Send files by the names of their fields with progress (0…1). XMLHttpRequest: fetch tells no upload progress. */
export function uploadFiles<T>(
  path: string,
  files: Record<string, File>,
  onProgress: (share: number) => void,
  signal?: AbortSignal,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const form = new FormData()
    for (const [name, file] of Object.entries(files)) form.append(name, file, file.name)
    const sender = new XMLHttpRequest()
    sender.open('POST', BASE + path)
    sender.setRequestHeader('X-CSRF-Token', csrf)
    sender.upload.addEventListener('progress', (event) => {
      if (event.lengthComputable) onProgress(event.loaded / event.total)
    })
    sender.addEventListener('load', () => {
      let body: unknown
      try {
        body = JSON.parse(sender.responseText) as unknown
      } catch {
        body = undefined
      }
      if (sender.status >= 200 && sender.status < 300) resolve(body as T)
      else reject(problemFrom(sender.status, body))
    })
    sender.addEventListener('error', () => reject(new ApiError(0, 'server_unreachable', '')))
    sender.addEventListener('abort', () => reject(new DOMException('aborted', 'AbortError')))
    signal?.addEventListener('abort', () => sender.abort())
    sender.send(form)
  })
}
