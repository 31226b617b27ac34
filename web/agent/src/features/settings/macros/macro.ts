import type { Id, Macro, MacroActions, Priority } from '@api'

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
}

const tags = (typed: string): string[] => [
  ...new Set(
    typed
      .split(/[,，;；\n]/)
      .map((tag) => tag.trim())
      .filter(Boolean),
  ),
]

export function fieldsOf(macro: Macro | null, mayShare: boolean, firstTeam: Id): MacroFields {
  const actions = macro?.actions ?? {}
  return {
    title: macro?.title ?? '',
    text: macro?.text ?? '',
    note: macro?.note ?? '',
    scope: macro?.scope ?? (mayShare ? 'all' : 'own'),
    team_id: macro?.team_id ?? firstTeam,
    status: actions.status_id ?? 0,
    priority: actions.priority ?? 0,
    assignee: String(actions.assignee ?? ''),
    toTeam: actions.team_id ?? 0,
    addTags: (actions.add_tags ?? []).join(', '),
    removeTags: (actions.remove_tags ?? []).join(', '),
    snooze: actions.snooze_minutes ?? 0,
  }
}

/** The actions as the server takes them; type and fields, which the form does not show, are kept. */
export function actionsOf(values: MacroFields, kept: MacroActions = {}): MacroActions {
  const { type_id: typeId, fields } = kept
  const assignee = /^\d+$/.test(values.assignee) ? Number(values.assignee) : values.assignee
  return {
    ...(typeId ? { type_id: typeId } : {}),
    ...(fields && Object.keys(fields).length ? { fields } : {}),
    ...(values.status ? { status_id: values.status } : {}),
    ...(values.priority ? { priority: values.priority as Priority } : {}),
    ...(assignee ? { assignee: assignee as NonNullable<MacroActions['assignee']> } : {}),
    ...(values.toTeam ? { team_id: values.toTeam } : {}),
    ...(tags(values.addTags).length ? { add_tags: tags(values.addTags) } : {}),
    ...(tags(values.removeTags).length ? { remove_tags: tags(values.removeTags) } : {}),
    ...(values.snooze ? { snooze_minutes: values.snooze } : {}),
  }
}

/** Whether it would do anything at all. */
export function doesNothing(values: MacroFields, kept?: MacroActions): boolean {
  return !Object.keys(actionsOf(values, kept)).length && !values.text.trim() && !values.note.trim()
}
