import { api, ApiError, type Entry, type Id, type Timeline, type Undone } from '@api'
import { reactive } from 'vue'
import { i18n } from '@/i18n'
import { errorText } from '@/shared/errorText'
import { queryClient } from '@/shared/queryClient'
import { dismissToast, toast } from '@/shared/toasts'
import { isAboutFields, leadToMissing } from '../fields/draft'
import { addEntries, dropEntry } from '../data/patches'
import { refreshCountsSoon } from '../data/live'
import { restoreToSide } from '../sides/data'
import { aboutChildren, askAboutChildren } from '../merge/joining'
import { choicesFor, clearChoices, restoreChoices } from '../promises/choices'
import { clearDraft, draftOf, restoreDraft } from './drafts'
import { addPending, dropPending, type Pending } from './pending'
import { filesOf, uploadedFile, uploadedIds } from './uploads'
import { noteUses, restoreUses, returnUses, takeUses } from './uses'

/** Tickets whose reply was held back because the customer wrote meanwhile; the newer entries by ticket. */
export const stale = reactive(new Map<Id, Entry[]>())

/** Tickets whose reply was refused because the customer does not want to be contacted by its channel. */
export const barred = reactive(new Map<Id, string>())

const path = (id: Id, rest: string): string => `/tickets/${String(id)}${rest}`
const { t } = i18n.global

export function lastSeen(ticketId: Id): Id {
  return queryClient.getQueryData<Timeline>(['timeline', ticketId])?.items.at(-1)?.id ?? 0
}

function post(pending: Pending): Promise<Entry> {
  const ids = uploadedIds(pending.files)
  const common = {
    text: pending.text,
    ...(pending.html ? { html: pending.html } : {}),
    client_key: pending.clientKey,
    ...(ids.length ? { attachment_ids: ids } : {}),
  }
  if (pending.kind === 'note') {
    const mentions = pending.mentions.length ? { mentions: pending.mentions } : {}
    return api.post<Entry>(path(pending.ticketId, '/notes'), { ...common, ...mentions })
  }
  const hidden = pending.bcc?.length ? { bcc: pending.bcc } : {}
  if (pending.kind === 'forward')
    return api.post<Entry>(path(pending.ticketId, '/forwards'), {
      ...common,
      ...hidden,
      to: pending.to ?? [],
      subject: pending.subject,
      entry_ids: pending.entryIds ?? [],
      ...(pending.cc ? { cc: pending.cc } : {}),
    })
  return api.post<Entry>(path(pending.ticketId, '/replies'), {
    ...common,
    ...hidden,
    last_seen_entry_id: pending.lastSeenEntryId,
    ...(pending.to ? { to: pending.to } : {}),
    ...(pending.cc ? { cc: pending.cc } : {}),
    ...(pending.isForced ? { force: true } : {}),
    ...(pending.solves ? { solve: true, ...aboutChildren(pending.childrenWay) } : {}),
    ...(pending.contactReason ? { contact_reason: pending.contactReason } : {}),
    ...(pending.promises?.length ? { promises: pending.promises } : {}),
  })
}

function takeBack(pending: Pending): void {
  dropPending(pending.clientKey)
  const { text, html, to, cc, bcc, subject, entryIds, files } = pending
  restoreDraft(pending.ticketId, pending.kind, {
    text,
    html,
    to,
    cc,
    files,
    ...(bcc ? { bcc } : {}),
    ...(subject ? { subject } : {}),
    ...(entryIds?.length ? { entryIds } : {}),
  })
  restoreChoices(pending.ticketId, pending.promises ?? [])
  restoreUses(pending.ticketId, pending.uses ?? [])
}

function holdBack(pending: Pending, error: ApiError): void {
  const newer = Array.isArray(error.body.newer) ? (error.body.newer as Entry[]) : []
  takeBack(pending)
  addEntries(pending.ticketId, newer)
  stale.set(pending.ticketId, newer)
}

/** Take a reply back while it has not left; its text returns to the composer. */
export async function undoReply(entry: Entry): Promise<void> {
  try {
    // what was for a third party returns to the forward, never to the reply
    const isSide = entry.kind === 'side'
    const place = `/${isSide ? 'forwards' : 'replies'}/${String(entry.id)}`
    const kept = await api.delete<Undone>(path(entry.ticket_id, place))
    dropEntry(entry.ticket_id, entry.id)
    const html = kept.html ?? ''
    const files = (kept.attachments ?? []).map((file) => uploadedFile(file, html))
    const written = { text: kept.text, html, files }
    if (isSide && entry.side_id && (await restoreToSide(entry.ticket_id, entry.side_id, written))) {
      toast(t('tickets.composer.undone'))
      return
    }
    if (!isSide) returnUses(entry.ticket_id, entry.id)
    const { to, cc, bcc } = entry.channel_kind === 'email' ? kept.details : {}
    restoreDraft(entry.ticket_id, isSide ? 'forward' : 'reply', {
      ...written,
      ...(to ? { to } : {}),
      ...(cc ? { cc } : {}),
      ...(bcc?.length ? { bcc } : {}),
      ...(isSide && entry.details.subject ? { subject: entry.details.subject } : {}),
    })
    void queryClient.invalidateQueries({ queryKey: ['ticket', entry.ticket_id] })
    toast(t('tickets.composer.undone'))
  } catch (error) {
    toast(errorText(error), { tone: 'bad' })
  }
}

/** Send a failed or unconfirmed reply once more, on purpose. */
export async function retryReply(entry: Entry): Promise<void> {
  try {
    const sent = await api.post<Entry | undefined>(
      path(entry.ticket_id, `/replies/${String(entry.id)}/retry`),
    )
    if (sent?.id) addEntries(entry.ticket_id, [sent])
    toast(t('tickets.delivery.tryingAgain'))
  } catch (error) {
    toast(errorText(error), { tone: 'bad' })
  }
}

function offerUndo(entry: Entry): void {
  const until = entry.delivery?.not_before
  if (!entry.delivery?.can_undo || !until) return
  const milliseconds = new Date(until).getTime() - Date.now()
  if (milliseconds < 1_000) return
  const action = { label: t('tickets.composer.undo'), run: () => void undoReply(entry) }
  const id = toast(t('tickets.composer.sending'), { action, milliseconds })
  window.setTimeout(() => dismissToast(id), milliseconds)
}

/** Send what is pending; it stays in the timeline with its problem if that fails. */
export async function deliver(pending: Pending): Promise<boolean> {
  pending.problem = ''
  try {
    const entry = await post(pending)
    dropPending(pending.clientKey)
    addEntries(pending.ticketId, [entry])
    noteUses(pending.ticketId, pending.uses ?? [], entry.id)
    offerUndo(entry)
    void queryClient.invalidateQueries({ queryKey: ['ticket', pending.ticketId] })
    refreshCountsSoon()
    return true
  } catch (error) {
    if (error instanceof ApiError && error.code === 'stale_reply') holdBack(pending, error)
    else if (error instanceof ApiError && error.code === 'do_not_contact') {
      takeBack(pending)
      barred.set(pending.ticketId, String(error.body.channel))
    } else if (isAboutFields(error)) {
      // the reply was not sent: its text waits in the composer while the form is filled in
      takeBack(pending)
      leadToMissing(pending.ticketId, error.fields)
    } else {
      pending.problem = errorText(error)
      // the reply waits in the timeline until it is said what becomes of the tickets below
      askAboutChildren(error, (way) => {
        pending.childrenWay = way
        void deliver(pending)
      })
    }
    return false
  }
}

interface SendOptions {
  ticketId: Id
  kind: Pending['kind']
  mentions?: Id[]
  isForced?: boolean
  contactReason?: string
  solves?: boolean
}

/** Send the draft of the composer: it leaves the composer at once and appears in the timeline. */
export function sendDraft(options: SendOptions): Promise<boolean> {
  const { ticketId, kind } = options
  const draft = draftOf(ticketId, kind)
  const pending = addPending({
    clientKey: crypto.randomUUID(),
    ticketId,
    kind,
    text: draft.text.trim(),
    html: draft.html,
    to: draft.to && [...draft.to],
    cc: draft.cc && [...draft.cc],
    bcc: draft.bcc && [...draft.bcc],
    subject: draft.subject,
    entryIds: [...draft.entryIds],
    files: filesOf(draft.files, draft.html),
    mentions: options.mentions ?? [],
    lastSeenEntryId: lastSeen(ticketId),
    isForced: options.isForced ?? false,
    contactReason: options.contactReason ?? '',
    solves: options.solves ?? false,
    ...(kind === 'reply' ? { promises: choicesFor(ticketId, draft.text), uses: takeUses(ticketId) } : {}),
    problem: '',
  })
  if (kind === 'reply') clearChoices(ticketId)
  clearDraft(ticketId, kind)
  stale.delete(ticketId)
  barred.delete(ticketId)
  return deliver(pending)
}

/** Put a message that did not go out back into the composer. */
export function editPending(pending: Pending): void {
  takeBack(pending)
}
