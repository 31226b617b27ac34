import { api, ApiError, withQuery, type Id, type SharedDraft } from '@api'
import { reactive } from 'vue'

/** The shared draft of a ticket as this window has it. */
export interface Sharing {
  text: string
  /** What was written with its marks, '' where the text says it all. */
  html: string
  /** The version that the text began from, 0: none. */
  version: number
  by: { id: Id; name: string; at: string } | null
  state: 'clean' | 'dirty' | 'saving' | 'taken' | 'failed'
  /** A colleague's text that met ours; undefined: none did, null: the draft was thrown away. */
  theirs: SharedDraft | null | undefined
  isOpen: boolean
}

const SAVE_AFTER_MS = 700
const drafts = reactive(new Map<Id, Sharing>())
const timers = new Map<Id, number>()
const chains = new Map<Id, Promise<void>>()

const path = (id: Id): string => `/tickets/${String(id)}/shared-draft`

export function sharingOf(id: Id): Sharing {
  if (!drafts.has(id))
    drafts.set(id, {
      text: '',
      html: '',
      version: 0,
      by: null,
      state: 'clean',
      theirs: undefined,
      isOpen: false,
    })
  return drafts.get(id) as Sharing
}

function take(state: Sharing, found: SharedDraft | null): void {
  Object.assign(state, {
    text: found?.text ?? '',
    html: found?.html ?? '',
    version: found?.version ?? 0,
    by: found && { id: found.edited_by, name: found.name, at: found.updated_at },
    state: 'clean',
    theirs: undefined,
  } satisfies Partial<Sharing>)
}

function inTurn(id: Id, step: () => Promise<void>): Promise<void> {
  const next = (chains.get(id) ?? Promise.resolve()).then(step, step)
  chains.set(id, next)
  return next
}

/** Fetch what the team has written; what is being written here is not overwritten, it meets it. */
export function loadShared(id: Id): Promise<void> {
  return inTurn(id, async () => {
    const found = await api.get<SharedDraft | null>(path(id)).catch(() => undefined)
    const state = sharingOf(id)
    if (found === undefined || (found?.version ?? 0) === state.version) return
    if (state.state === 'clean') take(state, found)
    else Object.assign(state, { state: 'taken', theirs: found })
    if (found) state.isOpen = true
  })
}

function nowOf(state: Sharing): Sharing['state'] {
  return state.state
}

function save(id: Id): Promise<void> {
  return inTurn(id, async () => {
    const state = sharingOf(id)
    if (state.state !== 'dirty' && state.state !== 'failed') return
    if (!state.text.trim()) {
      if (state.version) await remove(id, state)
      return
    }
    state.state = 'saving'
    try {
      const kept = await api.put<SharedDraft>(path(id), {
        text: state.text,
        version: state.version,
        ...(state.html ? { html: state.html } : {}),
      })
      state.version = kept.version
      state.by = { id: kept.edited_by, name: kept.name, at: kept.updated_at }
      if (nowOf(state) === 'saving') state.state = 'clean'
    } catch (error) {
      refuse(state, error)
    }
  })
}

function refuse(state: Sharing, error: unknown): void {
  const isTaken = error instanceof ApiError && error.code === 'shared_draft_changed'
  state.state = isTaken ? 'taken' : 'failed'
  if (isTaken) state.theirs = (error.body.draft as SharedDraft | null | undefined) ?? null
}

async function remove(id: Id, state: Sharing): Promise<void> {
  try {
    await api.delete(withQuery(path(id), { version: state.version }))
    take(state, null)
  } catch (error) {
    refuse(state, error)
  }
}

/** The text was changed here: it is saved in a moment. */
export function writeShared(id: Id, text: string, html = ''): void {
  const state = sharingOf(id)
  Object.assign(state, { text, html })
  if (state.state === 'taken') return
  state.state = 'dirty'
  window.clearTimeout(timers.get(id))
  timers.set(
    id,
    window.setTimeout(() => void save(id), SAVE_AFTER_MS),
  )
}

/** Go on with one's own text over a colleague's, on purpose. */
export function takeOver(id: Id): Promise<void> {
  const state = sharingOf(id)
  state.version = state.theirs?.version ?? 0
  Object.assign(state, { state: 'dirty', theirs: undefined })
  return save(id)
}

/** Give one's own text up for a colleague's. */
export function keepTheirs(id: Id): void {
  const state = sharingOf(id)
  take(state, state.theirs ?? null)
}

/** Throw the draft away for everybody. */
export function dropShared(id: Id): Promise<void> {
  window.clearTimeout(timers.get(id))
  return inTurn(id, async () => {
    const state = sharingOf(id)
    if (state.version) await remove(id, state)
    else take(state, null)
    if (nowOf(state) === 'clean') state.isOpen = false
  })
}

/** What the stream tells: another version is there. */
export function hearShared(frame: { ticket_id: Id; version: number }): void {
  const state = drafts.get(frame.ticket_id)
  if (!state || state.version === frame.version || state.state === 'saving') return
  void loadShared(frame.ticket_id)
}
