import type { ChannelBrief, Id, Time } from '@api'

/** How the last connection in one direction went. */
export interface ConnectionHealth {
  ok: boolean
  problem?: string | null
  at?: Time | null
}

export interface ChannelHealth {
  imap?: ConnectionHealth
  smtp?: ConnectionHealth
}

/** What everybody may know of a channel, with how its last connection went. */
export interface ChannelRow extends ChannelBrief {
  public_key: string | null
  health: ChannelHealth
}

/** A channel as its managers see it; secrets never come back, only which of them are set. */
export interface Channel<S = Record<string, unknown>> extends ChannelRow {
  settings: S
  secrets_set: string[]
  created_at: Time
}

export interface ConnectionTest {
  ok: boolean
  problem?: string | null
  details?: Record<string, unknown>
}

export interface ApiKey {
  id: Id
  name: string
  prefix: string
  scopes: string[]
  team_ids: Id[] | null
  created_by: Id
  created_at: Time
  last_used_at: Time | null
}

export interface Webhook {
  id: Id
  name: string
  url: string
  kinds: string[]
  team_ids: Id[] | null
  is_active: boolean
  created_at: Time
  failing_since: Time | null
  /** We stopped it, because it kept failing. */
  paused_at: Time | null
}

/** How a receiver answered to a trial. */
export interface Ping {
  ok: boolean
  response_status: number | null
  response_excerpt: string
  duration_ms: number
}

export interface WebhookDelivery {
  id: Id
  event_id: number
  kind: string | null
  ticket_id: Id | null
  state: 'queued' | 'sending' | 'delivered' | 'failed'
  attempts: number
  not_before: Time
  response_status: number | null
  response_excerpt: string | null
  duration_ms: number | null
  created_at: Time
  done_at: Time | null
}

export interface IntakeProblem {
  id: Id
  channel_id: Id
  channel_name: string
  received_at: Time
  problem: string
  attempts: number
  preview: string
}

/** Rules of the whole desk. */
export interface DeskRules {
  reopen_days: number
  undo_seconds: number
}
