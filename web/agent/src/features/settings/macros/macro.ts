import type { FieldValues } from '@/shared/fields'
import type { Id, Macro, MacroActions, Priority } from '@api'
import { firstScope } from '../scoped/scoped'

/** What the form of a macro holds; 0 and '' leave something as it is. */
export interface MacroFields {
  title: string
  text: string
  note: string
  scope: Macro['scope']
  team_id: Id
  status: Id
  priority: number
  /** '' nothing, `me`, `nobody`, or a person's id. */
  assignee: string
  toTeam: Id
  addTags: string
  removeTags: string
  snooze: number
  type: Id
  fields: FieldValues
}

export const tagsOf = (typed: string): string[] => [
  ...new Set(
    typed
      .split(/[,，;；\n]/)
      .map((tag) => tag.trim())
      .filter(Boolean),
  ),
]

export function fieldsOf(macro: Macro | null, firstTeam: Id): MacroFields {
  const actions = macro?.actions ?? {}
  return {
    title: macro?.title ?? '',
    text: macro?.text ?? '',
    note: macro?.note ?? '',
    scope: firstScope(macro),
    team_id: macro?.team_id ?? firstTeam,
    status: actions.status_id ?? 0,
    priority: actions.priority ?? 0,
    assignee: String(actions.assignee ?? ''),
    toTeam: actions.team_id ?? 0,
    addTags: (actions.add_tags ?? []).join(', '),
    removeTags: (actions.remove_tags ?? []).join(', '),
    snooze: actions.snooze_minutes ?? 0,
    type: actions.type_id ?? 0,
    fields: { ...actions.fields },
  }
}

/** The actions as the server takes them. */
export function actionsOf(values: MacroFields): MacroActions {
  const assignee = /^\d+$/.test(values.assignee) ? Number(values.assignee) : values.assignee
  return {
    ...(values.type ? { type_id: values.type } : {}),
    ...(Object.keys(values.fields).length ? { fields: values.fields } : {}),
    ...(values.status ? { status_id: values.status } : {}),
    ...(values.priority ? { priority: values.priority as Priority } : {}),
    ...(assignee ? { assignee: assignee as NonNullable<MacroActions['assignee']> } : {}),
    ...(values.toTeam ? { team_id: values.toTeam } : {}),
    ...(tagsOf(values.addTags).length ? { add_tags: tagsOf(values.addTags) } : {}),
    ...(tagsOf(values.removeTags).length ? { remove_tags: tagsOf(values.removeTags) } : {}),
    ...(values.snooze ? { snooze_minutes: values.snooze } : {}),
  }
}

/** Whether it would do anything at all. */
export function doesNothing(values: MacroFields): boolean {
  return !Object.keys(actionsOf(values)).length && !values.text.trim() && !values.note.trim()
}
