import type { ChannelHealth, ConnectionTest } from '../types'

export type { ChannelHealth }

export interface Leg {
  key: 'receiving' | 'sending'
  state: 'good' | 'bad' | 'unknown'
  /** A code with words of its own, if we know it. */
  problem: string
  /** The server's own words. */
  detail: string
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null
const text = (value: unknown): string => (typeof value === 'string' ? value : '')

function leg(key: Leg['key'], part: unknown, fallback: Leg): Leg {
  if (!isRecord(part)) return fallback
  const state = part.ok === true ? 'good' : part.ok === false ? 'bad' : 'unknown'
  return { key, state, problem: text(part.problem), detail: text(part.detail) }
}

/** What a test found about receiving and sending; a result without parts counts for both. */
export function legsOf(test: ConnectionTest): Leg[] {
  const whole = (key: Leg['key']): Leg => ({
    key,
    state: test.ok ? 'good' : 'bad',
    problem: text(test.problem),
    detail: text(test.details?.detail),
  })
  const parts = test.details ?? {}
  const hasParts = isRecord(parts.imap) || isRecord(parts.smtp)
  const unknown = (key: Leg['key']): Leg => ({ key, state: 'unknown', problem: '', detail: '' })
  return [
    leg('receiving', parts.imap, hasParts ? unknown('receiving') : whole('receiving')),
    leg('sending', parts.smtp, hasParts ? unknown('sending') : whole('sending')),
  ]
}

export type HealthTone = 'good' | 'bad' | 'plain'

/** One look at a channel's health: works, does not, or nobody has tried yet. */
export function healthTone(health: ChannelHealth | undefined): HealthTone {
  if (health?.ok === true) return 'good'
  return health?.ok === false ? 'bad' : 'plain'
}
