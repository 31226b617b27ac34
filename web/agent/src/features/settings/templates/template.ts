import type { FieldValues } from '@/shared/fields'
import type { Id, Priority, TemplateTicket, TicketTemplate } from '@api'
import { tagsOf } from '../macros/macro'
import { firstScope, type Scoped } from '../scoped/scoped'

/** What the form of a template holds; 0 and '' leave something to the form of the new ticket. */
export interface TemplateFields {
  title: string
  subject: string
  text: string
  write_as: '' | 'reply' | 'note'
  type: Id
  fields: FieldValues
  tags: string
  toTeam: Id
  priority: number
  scope: Scoped['scope']
  team_id: Id
}

export function fieldsOf(template: TicketTemplate | null, firstTeam: Id): TemplateFields {
  const ticket: TemplateTicket = template?.ticket ?? {}
  return {
    title: template?.title ?? '',
    subject: ticket.subject ?? '',
    text: ticket.text ?? '',
    write_as: ticket.write_as ?? '',
    type: ticket.type_id ?? 0,
    fields: { ...ticket.fields },
    tags: (ticket.tags ?? []).join(', '),
    toTeam: ticket.team_id ?? 0,
    priority: ticket.priority ?? 0,
    scope: firstScope(template),
    team_id: template?.team_id ?? firstTeam,
  }
}

/** The ticket as the server takes it: only what is filled in. */
export function ticketOf(values: TemplateFields): TemplateTicket {
  const tags = tagsOf(values.tags)
  return {
    ...(values.subject.trim() ? { subject: values.subject.trim() } : {}),
    ...(values.text.trim() ? { text: values.text } : {}),
    ...(values.write_as ? { write_as: values.write_as } : {}),
    ...(values.type ? { type_id: values.type } : {}),
    ...(Object.keys(values.fields).length ? { fields: values.fields } : {}),
    ...(tags.length ? { tags } : {}),
    ...(values.toTeam ? { team_id: values.toTeam } : {}),
    ...(values.priority ? { priority: values.priority as Priority } : {}),
  }
}
