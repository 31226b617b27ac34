/** What the desk and the widget say to each other (`/widget/v1`). */

export type Locale = 'en' | 'zh-CN'

export interface Config {
  name: string
  color: string
  greeting: Partial<Record<Locale, string>>
  pre_chat: { name: boolean; email: 'off' | 'optional' | 'required' }
  office: { is_open: boolean; opens_at: string | null }
  away_message: Partial<Record<Locale, string>>
  expected_wait_s: number | null
  file_max_bytes: number
  file_types: string[]
  locale_default: Locale
}

export interface Attachment {
  token?: string
  name: string
  type: string
  size: number
  url: string
}

export interface Message {
  id: number
  client_key: string | null
  direction: 'in' | 'out'
  author_name: string
  at: string
  text: string
  attachments: Attachment[]
  read_at: string | null
}

export interface Page {
  items: Message[]
  expected_wait_s: number | null
  position: number | null
}

export interface Visitor {
  visitor_token: string
  visitor_id: string
  expires_at: string
  is_verified: boolean
}

export interface QueueStatus {
  state: string
  position: number | null
  expected_wait_s: number | null
}

export interface Contact {
  name: string
  email: string
}
