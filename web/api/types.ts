/** The server's structs as the contract names them. Replaced by generated types piece by piece; import from `@api` only. */

export type Id = number
export type Time = string
export type Locale = 'en' | 'zh-CN'
export type Role = 'administrator' | 'supervisor' | 'agent' | 'read_only'
export type PresenceState = 'online' | 'away' | 'offline'
export type Priority = 1 | 2 | 3 | 4
export type Category = 'new' | 'open' | 'waiting' | 'on_hold' | 'solved' | 'closed'
export type ChannelKind = 'email' | 'chat' | 'form' | 'api'
export type ViewKey = 'mine' | 'unassigned' | 'open' | 'mentions' | 'snoozed' | 'all'

export interface Page<T> {
  items: T[]
  next: string | null
}

export interface Me {
  id: Id
  name: string
  email: string
  display_name: string
  staff_number: string
  role: Role
  locale: Locale
  time_zone: string
  theme: 'system' | 'light' | 'dark'
  signature: string
  capacity_points: number
  preferences: Record<string, unknown>
  teams: { id: Id; name: string }[]
  sees_all_teams: boolean
  has_second_factor: boolean
  /** False for people who came by a one-time link and set none yet. */
  has_password?: boolean
  presence: PresenceState
}

export interface Session {
  person: Me
  csrf: string
  permissions: string[]
}

export interface SessionStart {
  state: 'signed_in' | 'second_factor'
}

export interface PersonBrief {
  id: Id
  name: string
  display_name: string
  staff_number: string
  presence: PresenceState
  team_ids: Id[]
  is_active: boolean
}

export interface Person extends PersonBrief {
  email: string
  role: Role
  sees_all_teams: boolean
  has_second_factor: boolean
  capacity_points: number
  invited: boolean
  created_at: Time
  load_points: number
}

export interface Team {
  id: Id
  name: string
  routing: 'push' | 'manual'
  member_ids: Id[]
}

export interface Brand {
  id: Id
  name: string
}

export interface Status {
  id: Id
  category: Category
  name_en: string
  name_zh: string
  position: number
  is_default: boolean
  is_archived: boolean
}

export interface ChannelBrief {
  id: Id
  kind: ChannelKind
  name: string
  brand_id: Id
  team_id: Id
  is_active: boolean
}

export interface TicketRow {
  id: Id
  subject: string
  status_id: Id
  category: Category
  priority: Priority
  team_id: Id
  assignee_id: Id | null
  customer: { id: Id; name: string; tier: string }
  channel_kind: ChannelKind | null
  brand_id: Id
  tags: string[]
  snoozed_until: Time | null
  created_at: Time
  activity_at: Time
  waiting_since: Time | null
  preview: string
  preview_by: 'customer' | 'person' | 'system'
  last_message_id: Id | null
  message_count: number
  version: number
  unread: boolean
}

export interface RoutingState {
  state: 'assigned' | 'waiting' | 'manual'
  reason: string
  details: Record<string, unknown>
  at: Time
}

export interface Address {
  name: string
  address: string
}

export interface Ticket extends TicketRow {
  channel_id: Id | null
  solved_at: Time | null
  closed_at: Time | null
  links: { ticket_id: Id; kind: string; subject: string }[]
  routing: RoutingState | null
  mail: { to: Address[]; cc: Address[] } | null
  /** How an answer would go out; `none`: there is no way. */
  reply_by: ChannelKind | 'none'
}

export interface BounceRecipient {
  address: string
  status: string
  hard: boolean
}

export interface EntryDetails {
  from?: Address
  to?: Address[]
  cc?: Address[]
  subject?: string
  authentication?: { spf?: string; dkim?: string; dmarc?: string }
  is_verified?: boolean
  has_remote_images?: boolean
  kind?: string
  /** Whether a machine may answer the mail: `allowed`, or why not. */
  auto_answer?: string
  field?: string
  from_value?: unknown
  to_value?: unknown
  reason?: { code: string; [name: string]: unknown }
  mentions?: Id[]
  bounce?: { recipients: BounceRecipient[]; entry_id: Id | null }
  page?: { url: string; title: string }
}

export interface Attachment {
  id: Id
  name: string
  type: string
  size: number
  is_inline: boolean
  content_id: string | null
  url: string
}

export interface Delivery {
  state: 'queued' | 'sending' | 'sent' | 'delivered' | 'failed' | 'unconfirmed'
  not_before: Time | null
  problem: string | null
  sent_at: Time | null
  delivered_at: Time | null
  read_at: Time | null
  can_undo: boolean
}

export interface Entry {
  id: Id
  ticket_id: Id
  kind: 'message' | 'note' | 'change'
  direction: 'in' | 'out' | null
  author: { kind: 'customer' | 'person' | 'system' | 'api_key'; id: Id | null; name: string }
  channel_kind: ChannelKind | null
  at: Time
  text: string
  html: string | null
  quoted: string | null
  details: EntryDetails
  attachments: Attachment[]
  delivery: Delivery | null
  client_key: string | null
}

export interface Timeline {
  items: Entry[]
  older: boolean
}

export interface Identity {
  id: Id
  kind: 'email' | 'phone' | 'visitor' | 'external'
  scope: string
  value: string
  verified_at: Time | null
}

export interface Customer {
  id: Id
  name: string
  email: string
  phone: string
  locale: string
  time_zone: string
  tier: string
  notes: string
  is_blocked: boolean
  created_at: Time
  identities: Identity[]
  ticket_count: number
}

export interface CustomerBrief {
  id: Id
  name: string
  email: string
  phone: string
  tier: string
}

export type DraftKind = 'reply' | 'note'

export interface DraftDetails {
  to?: Address[]
  cc?: Address[]
  attachment_ids?: Id[]
}

export interface Draft {
  kind: DraftKind
  text: string
  details: DraftDetails
  updated_at: Time
}

export interface CannedReply {
  id: Id
  title: string
  shortcut: string
  text: string
  scope: 'all' | 'team' | 'own'
  team_id: Id | null
  uses: number
}

export type NotificationKind =
  'assigned' | 'mentioned' | 'customer_replied' | 'delivery_failed' | 'snooze_over'

export interface Notification {
  id: Id
  kind: NotificationKind
  ticket_id: Id
  subject: string
  entry_id: Id | null
  at: Time
  read_at: Time | null
}

export interface FileRef {
  id: Id
  token: string
  name: string
  type: string
  size: number
  url: string
}

export interface ViewCount {
  key: ViewKey
  count: number
  is_capped: boolean
}

export type SearchKind = 'tickets' | 'messages' | 'notes' | 'attachments' | 'customers'

/** A part of a text; marks are ranges of characters (code points) in it. */
export interface Snippet {
  text: string
  marks: [number, number][]
}

export interface SearchHit {
  kind: SearchKind
  id: Id
  ticket: TicketRow | null
  entry: {
    id: Id
    kind: string
    direction: 'in' | 'out' | null
    author_kind: string
    author_name: string
    at: string
  } | null
  file: { id: Id; name: string; type: string; size: number; url: string } | null
  customer: (CustomerBrief & { created_at: string }) | null
  snippet: Snippet | null
}

export interface SearchFound {
  items: SearchHit[]
  next: string | null
  /** The time was over before the page was full; `next` goes on. */
  is_partial: boolean
  /** Kinds of an overview that hold more than it shows. */
  more: SearchKind[]
}

export interface Suggestion {
  kind: 'people' | 'tags' | 'canned_replies' | 'operators'
  value: string
  label: string
  hint: string
  id: Id | null
}
