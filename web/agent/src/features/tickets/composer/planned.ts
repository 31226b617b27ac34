import { api, ApiError, type Entry, type Id, type PlannedReply, type Undone } from '@api'
import { useQuery } from '@tanstack/vue-query'
import { weekdayTime } from '@ui'
import { computed, type Ref } from 'vue'
import { i18n } from '@/i18n'
import { errorText } from '@/shared/errorText'
import { queryClient } from '@/shared/queryClient'
import { toast } from '@/shared/toasts'
import { addEntries } from '../data/patches'
import { choicesFor, clearChoices } from '../promises/choices'
import { clearDraft, draftOf, restoreDraft } from './drafts'
import { lastSeen, stale } from './send'
import { filesOf, uploadedFile, uploadedIds } from './uploads'
import { noteUses, takeUses } from './uses'

const path = (ticketId: Id, rest = ''): string => `/tickets/${String(ticketId)}/planned-replies${rest}`

/** Answers of a ticket that go out later, or are held. */
export function usePlanned(ticketId: Ref<Id>) {
  const query = useQuery({
    queryKey: computed(() => ['planned', ticketId.value]),
    queryFn: async ({ signal }) =>
      (await api.get<{ items: PlannedReply[] }>(path(ticketId.value), signal)).items,
    shallow: true,
  })
  return computed(() => query.data.value ?? [])
}

const refetch = (ticketId: Id): void => {
  void queryClient.invalidateQueries({ queryKey: ['planned', ticketId] })
}

function failed(error: unknown): void {
  toast(errorText(error), { tone: 'bad' })
}

/** Keep the composer's reply for later. */
export async function planReply(ticketId: Id, at: string, isForced = false): Promise<boolean> {
  const { t, locale } = i18n.global
  const draft = draftOf(ticketId, 'reply')
  const ids = uploadedIds(filesOf(draft.files, draft.html))
  const promises = choicesFor(ticketId, draft.text)
  const reply = {
    text: draft.text.trim(),
    ...(draft.html ? { html: draft.html } : {}),
    client_key: crypto.randomUUID(),
    last_seen_entry_id: lastSeen(ticketId),
    ...(draft.to ? { to: draft.to } : {}),
    ...(draft.cc ? { cc: draft.cc } : {}),
    ...(draft.bcc?.length ? { bcc: draft.bcc } : {}),
    ...(ids.length ? { attachment_ids: ids } : {}),
    ...(isForced ? { force: true } : {}),
    ...(promises.length ? { promises } : {}),
  }
  try {
    await api.post<PlannedReply>(path(ticketId), { send_at: at, reply })
    noteUses(ticketId, takeUses(ticketId))
    clearDraft(ticketId, 'reply')
    clearChoices(ticketId)
    stale.delete(ticketId)
    refetch(ticketId)
    toast(t('tickets.plan.moved', { when: weekdayTime(at, locale.value) }))
    return true
  } catch (error) {
    if (error instanceof ApiError && error.code === 'stale_reply') {
      const newer = Array.isArray(error.body.newer) ? (error.body.newer as Entry[]) : []
      addEntries(ticketId, newer)
      stale.set(ticketId, newer)
    } else failed(error)
    return false
  }
}

/** Not to be sent: the text returns to the composer. */
export async function cancelPlanned(planned: PlannedReply): Promise<void> {
  try {
    const back = await api.delete<Undone>(path(planned.ticket_id, `/${String(planned.id)}`))
    restoreDraft(planned.ticket_id, 'reply', {
      text: back.text,
      html: back.html ?? '',
      ...(planned.to ? { to: planned.to } : {}),
      ...(planned.cc ? { cc: planned.cc } : {}),
      ...(planned.bcc.length ? { bcc: planned.bcc } : {}),
      files: (back.attachments ?? []).map((file) => uploadedFile(file, back.html ?? '')),
    })
    toast(i18n.global.t('tickets.plan.cancelled'))
  } catch (error) {
    failed(error)
  }
  refetch(planned.ticket_id)
}

export async function movePlanned(planned: PlannedReply, at: string): Promise<void> {
  const { t, locale } = i18n.global
  try {
    await api.patch(path(planned.ticket_id, `/${String(planned.id)}`), { send_at: at })
    toast(t('tickets.plan.moved', { when: weekdayTime(at, locale.value) }))
  } catch (error) {
    failed(error)
  }
  refetch(planned.ticket_id)
}

/** Send it now, on purpose, whatever was written since. */
export async function sendPlannedNow(planned: PlannedReply): Promise<void> {
  try {
    const entry = await api.post<Entry>(path(planned.ticket_id, `/${String(planned.id)}/sending`))
    addEntries(planned.ticket_id, [entry])
    void queryClient.invalidateQueries({ queryKey: ['ticket', planned.ticket_id] })
  } catch (error) {
    failed(error)
  }
  refetch(planned.ticket_id)
}
