import type { StreamState } from './connection'
import type { Frame } from './parser'

export type ToHub = 'hello' | 'ping' | 'wake' | 'bye' | 'sign-out'
export type FromHub = { type: 'frame'; frame: Frame } | { type: 'state'; state: StreamState }
