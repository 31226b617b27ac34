import type { Address, ComposerKind, Id, PromiseChoice } from '@api'
import { reactive } from 'vue'
import type { ChildrenWay } from '../merge/joining'
import type { UploadState } from './uploads'
import type { Used } from './uses'

/** What was sent but is not answered for yet: shown in the timeline at once, gone when its entry arrives. */
export interface Pending {
  clientKey: string
  ticketId: Id
  kind: ComposerKind
  text: string
  /** '' where the text says it all. */
  html: string
  /** null: those of the conversation, as the server knows them. */
  to: Address[] | null
  cc: Address[] | null
  bcc?: Address[] | null
  subject?: string
  entryIds?: Id[]
  files: UploadState[]
  mentions: Id[]
  lastSeenEntryId: Id
  isForced: boolean
  /** Why a customer is answered by a channel that they do not want; '' where they do. */
  contactReason: string
  solves: boolean
  /** What was decided about promises in it. */
  promises?: PromiseChoice[]
  /** Articles whose words stand in it. */
  uses?: Used[]
  /** What becomes of open tickets below, once it was asked. */
  childrenWay?: ChildrenWay
  /** Why it did not go out, in words; '' while it is under way. */
  problem: string
}

const pendings = reactive<Pending[]>([])

export function pendingOf(ticketId: Id): Pending[] {
  return pendings.filter((one) => one.ticketId === ticketId)
}

export function addPending(pending: Pending): Pending {
  pendings.push(pending)
  return pendings.at(-1) ?? pending
}

export function dropPending(clientKey: string): void {
  const index = pendings.findIndex((one) => one.clientKey === clientKey)
  if (index >= 0) pendings.splice(index, 1)
}

/** Whether something written would be lost with the page. */
export function hasUnsent(): boolean {
  return pendings.length > 0
}
