import type { Rule, RuleActions, RuleSpec } from '@api'
import type { Condition } from '@ui'

export const EVENTS = [
  'ticket_opened',
  'message_received',
  'reply_sent',
  'note_added',
  'ticket_assigned',
  'ticket_moved',
  'ticket_changed',
  'ticket_solved',
  'ticket_reopened',
  'ticket_woke',
  'clock_warned',
  'clock_breached',
  'ticket_dispatched',
  'dispatch_returned',
  'ticket_urged',
  'ticket_withdrawn',
  'stage_entered',
  'stage_late',
  'risk_found',
] as const
export type RuleEvent = (typeof EVENTS)[number]
export const SINCE = ['answered', 'waiting', 'created', 'solved'] as const
export type Since = (typeof SINCE)[number]
export type Hours = NonNullable<RuleSpec['hours']>

/** Things that a rule can do, in the order in which the list offers them. */
export const ACTIONS = [
  'status_id',
  'priority',
  'team_id',
  'assignee',
  'type_id',
  'fields',
  'add_tags',
  'remove_tags',
  'reply',
  'note',
  'mail',
  'follower_ids',
  'macro_id',
  'checklist_id',
  'snooze_minutes',
  'dispatch',
  'task',
  'webhook_id',
] as const
export type ActionKind = (typeof ACTIONS)[number]

/** A department that gets the ticket (`note`), or a task (`title`, `text`), and how long it has. */
export type DepartmentAsked = NonNullable<RuleActions['dispatch']> | NonNullable<RuleActions['task']>

export interface RuleForm {
  name_en: string
  name_zh: string
  kind: 'events' | 'time'
  events: RuleEvent[]
  /** Only changes of these fields; none means any. */
  fields: string[]
  since: Since
  amount: number
  unit: 'm' | 'h' | 'd' | 'w'
  condition: Condition
  isComplete: boolean
  hours: Hours
  stops: boolean
  actions: RuleActions
  /** Which actions are shown: one that was just added has no value yet. */
  kinds: ActionKind[]
}

/** What a fresh action holds before anything is chosen. */
export function emptyAction(kind: ActionKind): unknown {
  const empty: Partial<Record<ActionKind, unknown>> = {
    priority: 3,
    fields: {},
    add_tags: [],
    remove_tags: [],
    follower_ids: [],
    reply: '',
    note: '',
    mail: { address: '', subject: '', text: '' },
    snooze_minutes: 1_440,
    dispatch: { team_id: 0, span: { amount: 8, unit: 'working_hours' }, note: '' },
    task: { team_id: 0, title: '', span: { amount: 8, unit: 'working_hours' }, text: '' },
  }
  return empty[kind] ?? null
}

export function toForm(rule: Rule | null): RuleForm {
  const spec = rule?.spec
  const when = spec?.when
  const time = when?.kind === 'time' ? when : null
  const after = /^(\d+)([mhdw])$/.exec(time?.after ?? '3d')
  const actions = { ...spec?.actions }
  return {
    name_en: spec?.name_en ?? '',
    name_zh: spec?.name_zh ?? '',
    kind: when?.kind ?? 'events',
    events: when?.kind === 'events' ? [...when.events] : ['ticket_opened'],
    fields: when?.kind === 'events' ? [...(when.fields ?? [])] : [],
    since: time?.since ?? 'answered',
    amount: Number(after?.[1] ?? 3),
    unit: (after?.[2] ?? 'd') as RuleForm['unit'],
    condition: (spec?.condition as Condition | undefined) ?? { all: [] },
    isComplete: true,
    hours: spec?.hours ?? 'any',
    stops: spec?.stops ?? false,
    actions,
    kinds: ACTIONS.filter((kind) => hasValue(actions[kind])),
  }
}

/** Whether an action says anything. */
export function hasValue(value: unknown): boolean {
  if (value === null || value === undefined || value === '' || value === 0) return false
  if (Array.isArray(value)) return value.length > 0
  if (typeof value === 'object') {
    const parts = Object.values(value)
    if ('address' in value) return parts.every(Boolean)
    if ('span' in value) return Boolean(Reflect.get(value, 'team_id')) && Reflect.get(value, 'title') !== ''
    return parts.length > 0
  }
  return true
}

/** The rule as the server takes it: only actions that say something. */
export function toSpec(form: RuleForm): RuleSpec {
  const given = form.kinds.filter((kind) => hasValue(form.actions[kind]))
  return {
    name_en: form.name_en.trim(),
    name_zh: form.name_zh.trim(),
    when:
      form.kind === 'events'
        ? {
            kind: 'events',
            events: form.events,
            fields: form.events.includes('ticket_changed') ? form.fields : [],
          }
        : { kind: 'time', since: form.since, after: `${String(form.amount)}${form.unit}` },
    condition: form.condition as Record<string, unknown>,
    hours: form.hours,
    stops: form.stops,
    actions: Object.fromEntries(given.map((kind) => [kind, form.actions[kind]])) as RuleActions,
  }
}

/** What is wrong with a form, by its parts; the words are keys of `automation.json`. */
export function check(form: RuleForm): Record<string, string> {
  const found: Record<string, string> = {}
  if (!form.name_en.trim() && !form.name_zh.trim()) found.name = 'nameMissing'
  if (form.kind === 'events' && !form.events.length) found.when = 'whenMissing'
  if (!form.isComplete) found.condition = 'conditionMissing'
  if (!form.kinds.some((kind) => hasValue(form.actions[kind]))) found.actions = 'actionsMissing'
  const empty = form.kinds.find((kind) => !hasValue(form.actions[kind]))
  if (!found.actions && empty) found.actions = 'actionEmpty'
  return found
}
