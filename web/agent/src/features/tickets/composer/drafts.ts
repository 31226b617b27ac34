import {
  api,
  ApiError,
  withQuery,
  type Address,
  type Draft,
  type DraftKept,
  type DraftKind,
  type Id,
} from '@api'
import { reactive } from 'vue'
import { htmlOfText } from './editor/doc'
import { filesOf, uploadedFile, uploadedIds, type UploadState } from './uploads'

export interface DraftState {
  text: string
  /** What was written with its marks, '' where the text says it all. */
  html: string
  /** null: untouched, those of the conversation. */
  to: Address[] | null
  cc: Address[] | null
  bcc: Address[] | null
  /** Of a forward: its subject, and the messages that go along. */
  subject: string
  entryIds: Id[]
  files: UploadState[]
  save: 'clean' | 'dirty' | 'saving' | 'saved' | 'failed'
  /** The state on the server from which this text was written, 0: none; unknown before it was asked for. */
  version?: number
  /** What another window of the person has written meanwhile; nothing is saved until they choose. */
  other?: Draft
}

const SAVE_AFTER_MS = 900
const RETRY_AFTER_MS = 8_000

/** Drafts live here as long as the page does, whatever happens to the line or to the pane. */
const drafts = reactive(new Map<string, DraftState>())
const timers = new Map<string, number>()
const asked = new Set<string>()
/** Writes of one draft go one after another: a late save must not bring back what was sent. */
const chains = new Map<string, Promise<void>>()

const keyOf = (ticketId: Id, kind: DraftKind): string => `${String(ticketId)}/${kind}`
const pathOf = (ticketId: Id, kind: DraftKind): string => `/tickets/${String(ticketId)}/drafts/${kind}`

function emptyDraft(): Omit<DraftState, 'save'> {
  return { text: '', html: '', to: null, cc: null, bcc: null, subject: '', entryIds: [], files: [] }
}

export function draftOf(ticketId: Id, kind: DraftKind): DraftState {
  const key = keyOf(ticketId, kind)
  if (!drafts.has(key)) drafts.set(key, { ...emptyDraft(), save: 'clean' })
  return drafts.get(key) as DraftState
}

/** Fetch what was written earlier or elsewhere, unless something is being written here already. */
export async function loadDraft(ticketId: Id, kind: DraftKind): Promise<void> {
  const key = keyOf(ticketId, kind)
  if (asked.has(key)) return
  asked.add(key)
  try {
    const found = await api.get<Draft | null>(pathOf(ticketId, kind))
    const state = draftOf(ticketId, kind)
    // begun before the answer came: the server then says what it has, instead of losing it
    state.version ??= 0
    if (!found || state.save !== 'clean' || state.text) return
    take(state, found)
  } catch {
    asked.delete(key)
  }
}

function take(state: DraftState, found: Draft): void {
  state.text = found.text
  state.html = found.details.html ?? ''
  state.to = found.details.to ?? null
  state.cc = found.details.cc ?? null
  state.bcc = found.details.bcc ?? null
  state.subject = found.details.subject ?? ''
  state.entryIds = found.details.entry_ids ?? []
  state.files = (found.attachments ?? []).map((file) => uploadedFile(file, state.html))
  state.save = 'saved'
  state.version = found.version
  delete state.other
}

/** The window has come to the front: what another one has written since is shown, unless something waits here. */
export async function refreshDraft(ticketId: Id, kind: DraftKind): Promise<void> {
  const isQuiet = (): boolean => ['clean', 'saved'].includes(draftOf(ticketId, kind).save)
  if (!asked.has(keyOf(ticketId, kind)) || !isQuiet()) return
  const found = await api.get<Draft | null>(pathOf(ticketId, kind)).catch(() => undefined)
  const state = draftOf(ticketId, kind)
  if (found === undefined || !isQuiet() || (found?.version ?? 0) === (state.version ?? 0)) return
  if (found) take(state, found)
  else Object.assign(state, { text: '', html: '', to: null, cc: null, files: [], save: 'clean', version: 0 })
}

/** Two windows wrote the same draft: go on with the text of the other one, or with this one's. */
export function settleDraft(ticketId: Id, kind: DraftKind, which: 'theirs' | 'mine'): void {
  const state = draftOf(ticketId, kind)
  const { other } = state
  if (!other) return
  if (which === 'theirs') return take(state, other)
  state.version = other.version
  delete state.other
  touchDraft(ticketId, kind)
}

function enqueue(key: string, write: () => Promise<void>): Promise<void> {
  const next = (chains.get(key) ?? Promise.resolve()).then(write, write)
  chains.set(key, next)
  return next
}

async function save(ticketId: Id, kind: DraftKind): Promise<void> {
  const state = draftOf(ticketId, kind)
  if (state.other || (state.save !== 'dirty' && state.save !== 'failed')) return
  state.save = 'saving'
  const ids = uploadedIds(filesOf(state.files, state.html))
  const details = {
    ...(state.html ? { html: state.html } : {}),
    ...(state.to ? { to: state.to } : {}),
    ...(state.cc ? { cc: state.cc } : {}),
    ...(state.bcc?.length ? { bcc: state.bcc } : {}),
    ...(state.subject ? { subject: state.subject } : {}),
    ...(state.entryIds.length ? { entry_ids: state.entryIds } : {}),
    ...(ids.length ? { attachment_ids: ids } : {}),
  }
  const isEmpty = !state.text.trim() && ids.length === 0
  try {
    const path = pathOf(ticketId, kind)
    const known = state.version === undefined ? {} : { version: state.version }
    const kept = isEmpty
      ? await api.delete<undefined>(withQuery(path, known))
      : await api.put<DraftKept | undefined>(path, { text: state.text, details, ...known })
    if (isEmpty) state.version = 0
    else if (kept) state.version = kept.version
    // typed on meanwhile: the next save has it
    if (currentSave(state) === 'saving') state.save = isEmpty ? 'clean' : 'saved'
  } catch (error) {
    state.save = 'failed'
    if (error instanceof ApiError && error.code === 'draft_changed') {
      state.other = error.body.draft as Draft
      return
    }
    schedule(ticketId, kind, RETRY_AFTER_MS)
  }
}

const currentSave = (state: DraftState): DraftState['save'] => state.save

function schedule(ticketId: Id, kind: DraftKind, milliseconds: number): void {
  const key = keyOf(ticketId, kind)
  window.clearTimeout(timers.get(key))
  timers.set(
    key,
    window.setTimeout(() => void enqueue(key, () => save(ticketId, kind)), milliseconds),
  )
}

/** The draft was changed: it is saved in a moment. */
export function touchDraft(ticketId: Id, kind: DraftKind): void {
  draftOf(ticketId, kind).save = 'dirty'
  schedule(ticketId, kind, SAVE_AFTER_MS)
}

/** Empty the draft here and on the server. */
export function clearDraft(ticketId: Id, kind: DraftKind): void {
  const key = keyOf(ticketId, kind)
  window.clearTimeout(timers.get(key))
  Object.assign(draftOf(ticketId, kind), { ...emptyDraft(), save: 'clean' } satisfies DraftState)
  const state = draftOf(ticketId, kind)
  delete state.other
  void enqueue(key, async () => {
    await api.delete(pathOf(ticketId, kind)).catch(() => undefined)
    if (state.version !== undefined) state.version = 0
  })
}

function joined(...parts: { text?: string; html?: string }[]): string {
  return parts
    .filter((part) => part.html || part.text?.trim())
    .map((part) => part.html || htmlOfText(part.text ?? ''))
    .join('<p></p>')
}

/** Put text back that was taken away by sending; what was written since stays below it. */
export function restoreDraft(
  ticketId: Id,
  kind: DraftKind,
  kept: Partial<Pick<DraftState, 'text' | 'html' | 'to' | 'cc' | 'bcc' | 'subject' | 'entryIds' | 'files'>>,
): void {
  const state = draftOf(ticketId, kind)
  if (kept.html || state.html) state.html = joined(kept, state)
  state.text = [kept.text, state.text].filter((text) => text?.trim()).join('\n\n')
  if (kept.to) state.to = kept.to
  if (kept.cc) state.cc = kept.cc
  if (kept.bcc) state.bcc = kept.bcc
  if (kept.subject) state.subject = kept.subject
  if (kept.entryIds) state.entryIds = kept.entryIds
  if (kept.files?.length) state.files = kept.files
  touchDraft(ticketId, kind)
}
