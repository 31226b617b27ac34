import { ask, askJson, problemOf } from '../http'
import { Problem } from '../problem'
import type { Attachment } from '../types'

export interface Api {
  call<T>(method: string, path: string, token?: string | null, body?: unknown): Promise<T>
  stream(token: string, lastEventId: string, signal: AbortSignal): Promise<Response>
  upload(
    token: string,
    file: File,
    progressed: (part: number) => void,
    signal: AbortSignal,
  ): Promise<Attachment>
}

export function makeApi(origin: string): Api {
  const url = (path: string) => `${origin}/widget/v1/${path}`
  return {
    call: (method, path, token, body) => askJson(url(path), method, token, body),
    stream(token, lastEventId, signal) {
      const headers: Record<string, string> = { Accept: 'text/event-stream' }
      if (lastEventId) headers['Last-Event-ID'] = lastEventId
      return ask(url('stream'), { headers, signal }, token)
    },
    // fetch cannot tell how much of a file has left.
    upload: (token, file, progressed, signal) =>
      new Promise((resolve, reject) => {
        const request = new XMLHttpRequest()
        request.open('POST', url('files'))
        request.setRequestHeader('Authorization', `Bearer ${token}`)
        request.upload.onprogress = (event) => progressed(event.total ? event.loaded / event.total : 0)
        request.onload = () => {
          const { status, responseText } = request
          if (status < 300) resolve(JSON.parse(responseText) as Attachment)
          else reject(problemOf(status, responseText, request.getResponseHeader('Retry-After')))
        }
        request.onerror = request.onabort = () => reject(new Problem(0, 'offline'))
        signal.addEventListener('abort', () => request.abort())
        const form = new FormData()
        form.append('file', file)
        request.send(form)
      }),
  }
}
