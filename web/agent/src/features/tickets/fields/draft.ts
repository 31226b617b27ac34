import { api, ApiError, type Field, type Id, type Ticket } from '@api'
import { reactive, ref } from 'vue'
import { i18n } from '@/i18n'
import { errorText } from '@/shared/errorText'
import { inOrder } from '@/shared/inOrder'
import { queryClient } from '@/shared/queryClient'
import { toast } from '@/shared/toasts'
import { nameIn, type FieldProblems, type FieldValues } from '@/shared/fields'
import { collisionsOf, quarrel } from '../together/collisions'
import { changeRow, patchTicket } from '../data/patches'

/** What was entered on a ticket and is not saved yet: it waits until the form has what it must have. */
export interface FieldDraft {
  typeId?: Id | null
  fields: FieldValues
  /** What the server said, by field. */
  problems: FieldProblems
  /** What stood there when the person began to change it: a colleague's newer value is not overwritten unseen. */
  seen?: Record<string, unknown>
  isSaving: boolean
}

const drafts = reactive(new Map<Id, FieldDraft>())
/** The ticket whose missing fields were asked for by solving it; its panel opens and leads there. */
export const askedFor = ref<Id | null>(null)

export function fieldDraft(ticketId: Id): FieldDraft {
  let draft = drafts.get(ticketId)
  if (!draft) {
    draft = reactive({ fields: {}, problems: {}, isSaving: false })
    drafts.set(ticketId, draft)
  }
  return draft
}

export function hasDraft(draft: FieldDraft): boolean {
  return draft.typeId !== undefined || Object.keys(draft.fields).length > 0
}

export function discardDraft(ticketId: Id): void {
  drafts.delete(ticketId)
}

/** Solving was refused: mark what is missing, and lead there. */
export function leadToMissing(ticketId: Id, problems: FieldProblems): void {
  fieldDraft(ticketId).problems = problems
  askedFor.value = ticketId
  const { t, locale } = i18n.global
  const known = queryClient.getQueryData<Field[]>(['desk', 'fields', 'ticket']) ?? []
  const names = known.filter((field) => field.key in problems).map((field) => nameIn(locale.value, field))
  const listed = names.join(t('tickets.listComma')) || Object.keys(problems).join(', ')
  toast(t('fields.missingToSolve', { names: listed }), { tone: 'bad' })
}

/** Whether an error is about fields of a form, which are then marked. */
export function isAboutFields(error: unknown): error is ApiError {
  return (
    error instanceof ApiError &&
    (error.code === 'fields_missing' || error.code === 'bad_fields' || isRefusal(error)) &&
    Object.keys(error.fields).length > 0
  )
}

const isRefusal = (error: ApiError): boolean => Object.values(error.fields).includes('not_allowed')

/** Save what was entered; what the server refuses stays, marked at its field. One save waits for the one before. */
export function saveDraft(ticket: Ticket): Promise<void> {
  return inOrder(`/tickets/${String(ticket.id)}`, () => save(ticket))
}

async function save(ticket: Ticket): Promise<void> {
  const draft = fieldDraft(ticket.id)
  // it went along with the save before
  if (!hasDraft(draft)) return
  const { typeId, fields } = draft
  const sent = { ...fields }
  draft.isSaving = true
  try {
    const seen = draft.seen ?? {}
    const body = { ...(typeId === undefined ? {} : { type_id: typeId }), fields: sent, seen }
    const after = await api.patch<Ticket>(`/tickets/${String(ticket.id)}`, body)
    const part = { type_id: after.type_id, fields: after.fields, version: after.version }
    patchTicket(ticket.id, part)
    changeRow(ticket.id, part)
    forget(draft, typeId, sent, after)
    void queryClient.invalidateQueries({ queryKey: ['ticket', ticket.id] })
    void queryClient.invalidateQueries({ queryKey: ['field-files', ticket.id] })
  } catch (error) {
    if (collisionsOf(error).length) meet(ticket, error)
    else if (isAboutFields(error)) draft.problems = error.fields
    else toast(errorText(error), { tone: 'bad' })
  } finally {
    draft.isSaving = false
  }
}

/** A colleague was quicker: theirs is shown, and what was entered here waits for the decision. */
function meet(ticket: Ticket, error: unknown): void {
  const draft = fieldDraft(ticket.id)
  const changed = collisionsOf(error)
  const typed = Object.entries(draft.fields).map(([key, value]) => [`fields.${key}`, value])
  const wanted = { type_id: draft.typeId, ...(Object.fromEntries(typed) as Record<string, unknown>) }
  quarrel.value = {
    ticket,
    changed,
    wanted,
    setMine: (newest) => {
      draft.seen = { ...draft.seen, ...newest }
      return saveDraft(ticket)
    },
    keepTheirs: () => discardDraft(ticket.id),
  }
}

/** What stands in a field when the person begins to change it. */
export function rememberSeen(ticket: Ticket, name: string, value: unknown): void {
  const draft = fieldDraft(ticket.id)
  draft.seen ??= {}
  if (!(name in draft.seen)) draft.seen[name] = value ?? null
}

/** Saved is what was sent; what was entered meanwhile stays, and has seen what was saved. */
function forget(draft: FieldDraft, typeId: Id | null | undefined, sent: FieldValues, after: Ticket): void {
  draft.problems = {}
  const saved: Record<string, unknown> = typeId === undefined ? {} : { type_id: after.type_id }
  for (const key of Object.keys(sent)) saved[`fields.${key}`] = after.fields[key] ?? null
  if (draft.typeId === typeId) delete draft.typeId
  const entered = Object.entries(draft.fields).filter(([key, value]) => !(key in sent) || sent[key] !== value)
  draft.fields = Object.fromEntries(entered)
  if (hasDraft(draft)) draft.seen = { ...draft.seen, ...saved }
  else delete draft.seen
}
