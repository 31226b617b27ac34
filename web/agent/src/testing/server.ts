import { vi } from 'vitest'

export interface Call {
  method: string
  path: string
  body: unknown
}

type Answer = { status?: number; body?: unknown }

/**
 * Stand in for the server at the network's edge: answers by `METHOD /path`, and remembers what was asked.
 * What has no answer is not found, as it would be.
 */
export function serve(answers: Record<string, Answer | ((call: Call) => Answer)>): Call[] {
  const calls: Call[] = []
  const answer = (input: string, init: RequestInit = {}): Promise<Response> => {
    const method = init.method ?? 'GET'
    const path = input.replace('/api/v1', '')
    const call: Call = {
      method,
      path,
      body: typeof init.body === 'string' ? JSON.parse(init.body) : undefined,
    }
    calls.push(call)
    const found = answers[`${method} ${path}`] ?? answers[`${method} ${path.replace(/\?.*/, '')}`]
    const { status = 200, body } = (typeof found === 'function' ? found(call) : found) ?? { status: 404 }
    const text = body === undefined ? '' : JSON.stringify(body)
    return Promise.resolve(new Response(status === 204 ? null : text, { status }))
  }
  vi.stubGlobal('fetch', answer)
  return calls
}
