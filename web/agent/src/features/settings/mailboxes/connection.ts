import type { ChannelHealth, ConnectionTest } from '../types'

export type { ChannelHealth }

export interface Leg {
  key: 'receiving' | 'sending'
  state: 'good' | 'bad'
  /** The server's own words. */
  detail: string
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null
const text = (value: unknown): string => (typeof value === 'string' ? value : '')

/** What a test found about receiving and sending; a result without parts counts for both. */
export function legsOf(test: ConnectionTest): Leg[] {
  const problems = isRecord(test.details?.problems) ? test.details.problems : null
  const leg = (key: Leg['key'], part: 'imap' | 'smtp'): Leg => {
    const detail = problems ? text(problems[part]) : text(test.problem)
    return { key, state: (problems ? !detail : test.ok) ? 'good' : 'bad', detail }
  }
  return [leg('receiving', 'imap'), leg('sending', 'smtp')]
}

export interface HealthView {
  tone: 'good' | 'bad' | 'plain'
  detail: string
  at: string | null
}

/** One look at a mailbox's health: works, does not, or nobody has tried yet. One broken direction is enough. */
export function healthOf(health: ChannelHealth | undefined): HealthView {
  const parts = [health?.imap, health?.smtp].filter((part) => part !== undefined)
  const broken = parts.find((part) => part.ok === false)
  const shown = broken ?? parts[0]
  if (!shown) return { tone: 'plain', detail: '', at: null }
  return { tone: broken ? 'bad' : 'good', detail: text(shown.problem), at: shown.at ?? null }
}

const signs: [string, RegExp][] = [
  ['host_not_found', /gaierror|name or service not known|nodename nor servname|no address/i],
  ['connection_refused', /refused/i],
  ['timed_out', /timed? ?out/i],
  ['certificate_invalid', /certificate/i],
  ['login_refused', /authenticat|login|credential|password|\b535\b|AUTHENTICATIONFAILED/i],
  ['tls_failed', /ssl|tls|wrong version/i],
  ['folder_missing', /folder|no such mailbox|unknown mailbox|nonexistent/i],
  ['sender_refused', /sender/i],
]

/** Which of our explanations fits the server's words; empty if none does. */
export const problemCode = (detail: string): string => signs.find(([, sign]) => sign.test(detail))?.[0] ?? ''
