import {
  api,
  type Id,
  type Macro,
  type MacroApplied,
  type MacroChange,
  type MacroPreview,
  type Ticket,
} from '@api'
import { useQuery } from '@tanstack/vue-query'
import { computed, type Ref } from 'vue'
import { i18n } from '@/i18n'
import { errorText } from '@/shared/errorText'
import { queryClient } from '@/shared/queryClient'
import { toast } from '@/shared/toasts'
import { refreshCountsSoon } from '../data/live'

const UNDO_MS = 8_000
const path = (id: Id, rest = ''): string => `/tickets/${String(id)}${rest}`

/** Macros that the person may use, the most used first. */
export function useMacros(isWanted: Ref<boolean>) {
  const query = useQuery({
    queryKey: ['macros'],
    queryFn: async ({ signal }) => (await api.get<{ items: Macro[] }>('/macros', signal)).items,
    enabled: isWanted,
    staleTime: 60_000,
    shallow: true,
  })
  return { macros: computed(() => query.data.value ?? []), isLoading: query.isLoading }
}

export function previewMacro(ticketId: Id, macroId: Id): Promise<MacroPreview> {
  return api.post<MacroPreview>(path(ticketId, `/macros/${String(macroId)}/preview`))
}

function refetch(ticketId: Id): void {
  void queryClient.invalidateQueries({ queryKey: ['ticket', ticketId] })
  void queryClient.invalidateQueries({ queryKey: ['timeline', ticketId] })
  void queryClient.invalidateQueries({ queryKey: ['macros'] })
  refreshCountsSoon()
}

/** What puts the changed fields back as they were: one call for each verb that the macro used. */
export function undoCalls(changes: MacroChange[]): { patch: object; assignment?: object; snooze?: object } {
  const before = new Map(changes.map((change) => [change.field, change.from_value]))
  const patch: Record<string, unknown> = {}
  for (const field of ['priority', 'tags', 'fields']) if (before.has(field)) patch[field] = before.get(field)
  if (before.has('status')) patch.status_id = before.get('status')
  if (before.has('type')) patch.type_id = before.get('type')
  return {
    patch,
    ...(before.has('assignee')
      ? {
          assignment: {
            assignee_id: before.get('assignee'),
            force: true,
            ...(before.has('team') ? { team_id: before.get('team') } : {}),
          },
        }
      : {}),
    ...(before.has('snooze') ? { snooze: { until: before.get('snooze') } } : {}),
  }
}

async function undo(ticket: Ticket, changes: MacroChange[]): Promise<void> {
  const { t } = i18n.global
  const calls = undoCalls(changes)
  const team = changes.find((change) => change.field === 'team')
  const assignment =
    calls.assignment ?? (team ? { assignee_id: ticket.assignee_id, team_id: team.from_value } : undefined)
  try {
    if (assignment) await api.put(path(ticket.id, '/assignment'), assignment)
    if (Object.keys(calls.patch).length) await api.patch(path(ticket.id), calls.patch)
    if (calls.snooze) await api.put(path(ticket.id, '/snooze'), calls.snooze)
    toast(t('tickets.macro.undone'))
  } catch (error) {
    toast(errorText(error), { tone: 'bad' })
  }
  refetch(ticket.id)
}

/** Do what the macro says; its text comes back for the composer. Undefined: the server refused, and it was said. */
export async function applyMacro(
  ticket: Ticket,
  macroId: Id,
  title: string,
): Promise<MacroApplied | undefined> {
  const { t } = i18n.global
  const before = { ...ticket }
  try {
    const done = await api.post<MacroApplied>(path(ticket.id, `/macros/${String(macroId)}/apply`))
    refetch(ticket.id)
    const text = t('tickets.macro.done', { title })
    const action = { label: t('tickets.undo'), run: () => void undo(before, done.changes) }
    if (done.changes.length) toast(text, { milliseconds: UNDO_MS, action })
    else toast(text)
    return done
  } catch (error) {
    toast(errorText(error), { tone: 'bad' })
    return undefined
  }
}
