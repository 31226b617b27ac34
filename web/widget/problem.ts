/** An answer of the desk that is no success, or no answer at all (status 0). */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly retryAfter = 0,
  ) {
    super(code)
  }

  /** Sending the same again would end the same. */
  get isFinal(): boolean {
    return this.status >= 400 && this.status < 500 && ![401, 408, 425, 429].includes(this.status)
  }
}

export function asProblem(error: unknown): Problem {
  return error instanceof Problem ? error : new Problem(0, 'offline')
}

/** Seconds from a Retry-After header, which may also be a date. */
export function readRetryAfter(header: string | null, now = Date.now()): number {
  if (!header) return 0
  const seconds = Number(header)
  if (!Number.isNaN(seconds)) return Math.max(0, seconds)
  return Math.max(0, Math.ceil((Date.parse(header) - now) / 1000) || 0)
}
