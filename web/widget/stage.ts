import type { Composer } from './composer'
import type { Details } from './details'
import type { Shelf } from './shelf'
import type { Config, Locale, Message } from './types'

/** What the first part (launcher, panel, first message) hands to the second (the talk), loaded once it is needed. */
export interface Stage {
  origin: string
  publicKey: string
  config: Config
  locale: Locale
  shelf: Shelf
  /** The host page's signed token at the start. */
  jwt: string | null
  /** Where the styles of both parts live. */
  root: ShadowRoot
  panel: PanelParts
  isOpen(): boolean
  /** Redraws the badge and the panel soon. */
  changed(): void
  /** A message of the desk that was not there before. */
  arrived(message: Message, text: string): void
}

export interface PanelParts {
  element: HTMLElement
  head: HTMLElement
  status: HTMLElement
  /** What the status says when nothing is to be told. */
  calm: string
  banner: HTMLElement
  middle: HTMLElement
  scroll: HTMLElement
  list: HTMLOListElement
  foot: HTMLElement
  details: Details
  composer: Composer
}

export interface Talk {
  send(text: string): void
  /** Files ready to be sent; null while one is still on its way. */
  filesReady(): number | null
  addFiles(files: Iterable<File>): void
  typed(length: number): void
  draw(): void
  opened(): void
  unread(): number
  identify(jwt: string | null): Promise<void>
  shutdown(): void
}

export interface TalkPart {
  begin(stage: Stage): Talk
}
