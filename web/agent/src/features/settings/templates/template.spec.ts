import type { TicketTemplate } from '@api'
import { beforeEach, describe, expect, it } from 'vitest'
import { signIn } from '@/testing/mount'
import { fieldsOf, ticketOf } from './template'

const template: TicketTemplate = {
  id: 1,
  title: 'Return',
  problems: [],
  ticket: {
    subject: 'Return of {{customer.name}}',
    text: 'Sent back\n',
    write_as: 'reply',
    type_id: 3,
    fields: { product: 'washer', is_paid: false },
    tags: ['return', '退货'],
    team_id: 2,
    priority: 3,
  },
  scope: 'team',
  team_id: 2,
  uses: 4,
}

beforeEach(() => signIn())

describe('a template', () => {
  it('gives back what it was made from', () => {
    expect(ticketOf(fieldsOf(template, 1))).toEqual(template.ticket)
  })

  it('says nothing of what is left to the form', () => {
    expect(ticketOf(fieldsOf(null, 1))).toEqual({})
    expect(ticketOf({ ...fieldsOf(null, 1), subject: '  ', text: ' \n', tags: ' , ' })).toEqual({})
  })

  it('is for everybody only where one may share', () => {
    expect(fieldsOf(null, 1).scope).toBe('own')
    signIn({}, ['canned_replies.manage'])
    expect(fieldsOf(null, 1).scope).toBe('all')
  })
})
