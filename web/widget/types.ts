/** What the desk and the widget say to each other (`/widget/v1`). */

export type Locale = 'en' | 'zh-CN'

/** A field of tickets that is asked for before the first message. */
export interface Question {
  key: string
  kind: 'text' | 'long_text' | 'number' | 'date' | 'choice' | 'tree' | 'multi_choice' | 'money' | 'yes_no'
  name: Partial<Record<Locale, string>>
  hint?: Partial<Record<Locale, string>>
  is_required?: boolean
  choices?: { value: string; name: Partial<Record<Locale, string>> }[]
  currency?: string
  max_length?: number
}

/** A question that many have now, and its answer. */
export interface Prepared {
  id: number
  question: Partial<Record<Locale, string>>
  answer: Partial<Record<Locale, string>>
}

export interface Config {
  name: string
  color: string
  greeting: Partial<Record<Locale, string>>
  pre_chat: { name: boolean; email: 'off' | 'optional' | 'required' }
  questions: Question[]
  office: { is_open: boolean; opens_at: string | null }
  away_message: Partial<Record<Locale, string>>
  wait: Wait
  file_max_bytes: number
  file_types: string[]
  locale_default: Locale
  is_machine_on?: boolean
  announcement?: Partial<Record<Locale, string>> | null
  prepared?: Prepared[]
}

export interface Attachment {
  token?: string
  name: string
  type: string
  size: number
  url: string
}

/** What we promised in a message, by when, and whether it is done. */
export interface Promised {
  due_at: string
  is_kept: boolean
}

/** A machine wrote it: an answer with its source, a card's words, or a word of its own about the talk. */
export interface Machine {
  kind: 'answer' | 'card' | 'ask' | 'hand_over' | 'closing'
  title: string
  path: string
  is_worded: boolean
  helped: boolean | null
  /** What it asks to choose from: the last lines of its text. */
  choices?: string[]
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
  promises?: Promised[]
  machine?: Machine | null
}

export interface Page {
  items: Message[]
  queue: QueueStatus
}

export interface Visitor {
  visitor_token: string
  visitor_id: string
  expires_at: string
  is_verified: boolean
}

/** How long it may take; in numbers only where it was measured. */
export interface Wait {
  basis: 'rates' | 'few' | 'nobody' | 'closed'
  low_seconds: number | null
  high_seconds: number | null
}

export type Way = 'call' | 'mail'

/** What comes instead of waiting, and by when we said so. */
export interface Callback {
  way: Way
  contact: string
  due_at: string
}

export interface QueueStatus {
  state: string
  position: number | null
  wait: Wait | null
  callback: Callback | null
  offers: Way[]
}

export interface Contact {
  name: string
  email: string
}
