import {
  api,
  type CopilotSteps,
  type CopilotSuggestions,
  type CopilotText,
  type DraftedArticle,
  type Id,
  type TicketSummary,
} from '@api'
import { useQuery } from '@tanstack/vue-query'
import { reactive, ref, type Ref } from 'vue'
import { errorText } from '@/shared/errorText'
import { toast } from '@/shared/toasts'
import { draftOf, touchDraft } from '../composer/drafts'

/** The ticket whose copilot is open beside the conversation. */
export const openCopilot = ref<Id | null>(null)

export type Tone = 'shorter' | 'warmer' | 'formal'
export type Language = 'zh-CN' | 'en'

/** What a model wrote for a ticket, and for what. */
export interface Writing {
  kind: 'reply' | 'rewrite' | 'translation'
  isBusy: boolean
  /** The text that it would take the place of, '' for none. */
  replaces: string
  /** Language of a translation of what the customer wrote: it is read, not sent. */
  isForReading: boolean
  found?: CopilotText
}

const writings = reactive(new Map<Id, Writing>())
/** What stood in the reply before a text was put in, to take that back. */
const before = reactive(new Map<Id, { text: string; html: string }>())

const path = (ticketId: Id, rest: string): string => `/tickets/${String(ticketId)}/copilot/${rest}`

export function useSuggestions(ticketId: Ref<Id>, typed: Ref<string>, version: Ref<unknown>) {
  return useQuery({
    queryKey: ['copilot', ticketId, 'suggestions', typed, version],
    queryFn: () => api.post<CopilotSuggestions>(path(ticketId.value, 'suggestions'), { text: typed.value }),
    shallow: true,
    staleTime: 30_000,
  })
}

export function useSteps(ticketId: Ref<Id>, version: Ref<unknown>) {
  return useQuery({
    queryKey: ['copilot', ticketId, 'steps', version],
    queryFn: ({ signal }) => api.get<CopilotSteps>(path(ticketId.value, 'steps'), signal),
    shallow: true,
  })
}

export function useSummary(ticketId: Ref<Id>, version: Ref<unknown>) {
  return useQuery({
    queryKey: ['copilot', ticketId, 'summary', version],
    queryFn: ({ signal }) => api.get<TicketSummary>(path(ticketId.value, 'summary'), signal),
    shallow: true,
  })
}

/** The summary by a language model. */
export const summarise = (ticketId: Id): Promise<TicketSummary> =>
  api.post<TicketSummary>(path(ticketId, 'summary'), {})

export const writingOf = (ticketId: Id): Writing | undefined => writings.get(ticketId)
export const forgetWriting = (ticketId: Id): boolean => writings.delete(ticketId)

async function write(
  ticketId: Id,
  writing: Omit<Writing, 'isBusy'>,
  rest: string,
  body: object,
): Promise<void> {
  writings.set(ticketId, { ...writing, isBusy: true })
  try {
    const found = await api.post<CopilotText>(path(ticketId, rest), body)
    writings.set(ticketId, { ...writing, isBusy: false, found })
  } catch (error) {
    writings.delete(ticketId)
    toast(errorText(error), { tone: 'bad' })
  }
}

export const writeReply = (ticketId: Id): Promise<void> =>
  write(ticketId, { kind: 'reply', replaces: '', isForReading: false }, 'reply', {})

export const rewriteDraft = (ticketId: Id, tone: Tone): Promise<void> => {
  const { text } = draftOf(ticketId, 'reply')
  return write(ticketId, { kind: 'rewrite', replaces: text, isForReading: false }, 'rewrite', { text, tone })
}

export const translateDraft = (ticketId: Id, language: Language): Promise<void> => {
  const { text } = draftOf(ticketId, 'reply')
  const writing = { kind: 'translation', replaces: text, isForReading: false } as const
  return write(ticketId, writing, 'translation', { text, language })
}

export const translateMessage = (ticketId: Id, entryId: Id, language: Language): Promise<void> =>
  write(ticketId, { kind: 'translation', replaces: '', isForReading: true }, 'translation', {
    entry_id: entryId,
    language,
  })

/** Say what became of a suggestion; that it cannot be counted is no reason to stop anybody. */
export async function decide(
  ticketId: Id,
  id: Id | null | undefined,
  state: 'adopted' | 'ignored',
): Promise<void> {
  if (!id) return
  await api.put(path(ticketId, `suggestions/${String(id)}/outcome`), { state }).catch(() => undefined)
}

/** Remember the reply as it is, so that what is put in can be taken out again. */
export function keepReply(ticketId: Id): void {
  const { text, html } = draftOf(ticketId, 'reply')
  before.set(ticketId, { text, html })
}

export const canUndo = (ticketId: Id): boolean => before.has(ticketId)

export function undoInsert(ticketId: Id): void {
  const kept = before.get(ticketId)
  if (!kept) return
  before.delete(ticketId)
  Object.assign(draftOf(ticketId, 'reply'), kept)
  touchDraft(ticketId, 'reply')
}

/** Put a text in the place of the whole reply. */
export function replaceReply(ticketId: Id, text: string): void {
  keepReply(ticketId)
  Object.assign(draftOf(ticketId, 'reply'), { text, html: '' })
  touchDraft(ticketId, 'reply')
}

export const draftArticle = (ticketId: Id): Promise<DraftedArticle> =>
  api.post<DraftedArticle>(path(ticketId, 'article'), {})
