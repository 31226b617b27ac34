import type { Id, Time } from '@api'

export interface LinkInfo {
  kind: 'sign_in' | 'invitation' | 'password_reset'
  email: string
  name: string
}

export interface SessionRow {
  id: Id
  device: string
  ip: string
  created_at: Time
  seen_at: Time
  is_current: boolean
}

export interface Enrolment {
  secret: string
  uri: string
  qr_svg: string
}
