import type { Entry, Me, Ticket, TicketRow } from '@api'

/** Believable structs for specs; what matters to a spec is given by it. */
export function makeRow(change: Partial<TicketRow> = {}): TicketRow {
  return {
    id: 1,
    subject: 'Leaking dishwasher',
    status_id: 1,
    category: 'open',
    priority: 2,
    team_id: 1,
    assignee_id: 1,
    customer: { id: 7, name: 'Ann Lee', tier: '' },
    channel_kind: 'email',
    brand_id: 1,
    type_id: null,
    tags: [],
    fields: {},
    snoozed_until: null,
    created_at: '2026-11-20T08:00:00Z',
    activity_at: '2026-11-22T08:00:00Z',
    waiting_since: '2026-11-22T08:00:00Z',
    due_at: null,
    due_metric: null,
    preview: 'It still leaks',
    preview_by: 'customer',
    last_message_id: 10,
    message_count: 1,
    version: 1,
    merged_into_id: null,
    unread: false,
    ...change,
  }
}

export function makeTicket(change: Partial<Ticket> = {}): Ticket {
  const rest = {
    channel_id: 1,
    solved_at: null,
    closed_at: null,
    links: [],
    routing: null,
    merged_ids: [],
    solved_along: [],
    customer_locale: '',
    redirected_from: null,
  }
  return { ...makeRow(), ...rest, mail: null, reply_by: 'email', ...change }
}

export function makeEntry(change: Partial<Entry> = {}): Entry {
  return {
    id: 10,
    ticket_id: 1,
    kind: 'message',
    direction: 'in',
    author: { kind: 'customer', id: 7, name: 'Ann Lee' },
    channel_kind: 'email',
    at: '2026-11-22T08:00:00Z',
    text: 'It still leaks',
    html: null,
    quoted: null,
    details: {},
    attachments: [],
    delivery: null,
    client_key: null,
    origin_ticket_id: null,
    side_id: null,
    personal_data: [],
    ...change,
  }
}

export function makeMe(change: Partial<Me> = {}): Me {
  return {
    id: 1,
    name: 'Lu Qing',
    email: 'lu@desk.test',
    display_name: 'Lu',
    staff_number: '1024',
    role: 'agent',
    locale: 'en',
    time_zone: 'UTC',
    theme: 'light',
    signature: '',
    capacity_points: 12,
    preferences: {},
    teams: [{ id: 1, name: 'Support' }],
    sees_all_teams: false,
    has_second_factor: false,
    has_password: true,
    presence: 'online',
    ...change,
  }
}
