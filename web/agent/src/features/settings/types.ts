import type { ChannelBrief, Schemas } from '@api'

export type {
  ApiKey,
  ChannelHealth,
  ConnectionTest,
  DeskRules,
  IntakeProblem,
  Ping,
  Webhook,
  WebhookDelivery,
} from '@api'

/** What everybody may know of a channel, with how its last connection went. */
export type ChannelRow = ChannelBrief

/** A channel as its managers see it; secrets never come back, only which of them are set. */
export type Channel<S = Record<string, unknown>> = Omit<Schemas['Channel'], 'settings'> & { settings: S }
