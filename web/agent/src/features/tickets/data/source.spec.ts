import { expect, it } from 'vitest'
import { listPath } from './source'

const whole = { view: 'mine', teamId: null, statusId: null, customerId: null } as const

it('asks for the first page of a view', () => {
  expect(listPath(whole, null)).toBe('/tickets?view=mine&limit=100')
})

it('goes on at a cursor and keeps the filter', () => {
  expect(listPath({ ...whole, teamId: 3, statusId: 4 }, 'abc')).toBe(
    '/tickets?view=mine&team_id=3&status_id=4&cursor=abc&limit=100',
  )
})

it("asks for a customer's tickets at the customer's address", () => {
  expect(listPath({ ...whole, customerId: 9 }, null)).toBe('/customers/9/tickets?limit=100')
})
