import { expect, it } from 'vitest'
import { undoCalls } from './macros'

it('undoes each changed field by the verb that changes it', () => {
  const calls = undoCalls([
    { field: 'priority', from_value: 2, to_value: 4 },
    { field: 'status', from_value: 3, to_value: 7 },
    { field: 'tags', from_value: ['a'], to_value: ['a', 'b'] },
    { field: 'team', from_value: 1, to_value: 2 },
    { field: 'assignee', from_value: null, to_value: 9 },
    { field: 'snooze', from_value: null, to_value: '2026-11-23T10:00:00Z' },
  ])
  expect(calls).toEqual({
    patch: { priority: 2, tags: ['a'], status_id: 3 },
    assignment: { assignee_id: null, team_id: 1, force: true },
    snooze: { until: null },
  })
})

it('calls nothing for what a macro left alone', () => {
  expect(undoCalls([{ field: 'fields', from_value: { a: 1 }, to_value: { a: 2 } }])).toEqual({
    patch: { fields: { a: 1 } },
  })
})
