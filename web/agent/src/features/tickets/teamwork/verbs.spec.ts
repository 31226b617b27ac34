import { describe, expect, it } from 'vitest'
import type { Dispatch, TeamworkView } from '@api'
import { verbsOf } from './verbs'

const empty = {
  first_contact_id: null,
  dispatches: [],
  urges: [],
  supervision: null,
  extensions: [],
  tasks: [],
  is_withdrawn: false,
  returns_left: 2,
  urges_to_escalate: 3,
} as unknown as TeamworkView
const dispatch = (more: Partial<Dispatch>): Dispatch =>
  ({ id: 1, team_id: 2, ended_at: null, accepted_at: null, due_at: null, ...more }) as Dispatch
const all = (): boolean => true

describe('verbsOf', () => {
  it('offers a ticket without a department the first dispatch', () => {
    const verbs = verbsOf(empty, true, all)
    expect(verbs).toContain('dispatch')
    expect(verbs).not.toContain('accept')
    expect(verbs).not.toContain('redispatch')
  })

  it('offers a department to accept, then to ask for time', () => {
    const waiting = { ...empty, dispatches: [dispatch({})] }
    expect(verbsOf(waiting, true, all).slice(0, 2)).toEqual(['accept', 'return'])
    const working = { ...empty, dispatches: [dispatch({ accepted_at: 'x', due_at: 'y' })] }
    expect(verbsOf(working, true, all)).toContain('extend')
    expect(verbsOf(working, true, all)).not.toContain('accept')
  })

  it('offers no third return', () => {
    expect(verbsOf({ ...empty, dispatches: [dispatch({})], returns_left: 0 }, true, all)).not.toContain(
      'return',
    )
  })

  it('offers an agent no supervision, and a solved ticket nothing', () => {
    const agent = (permission: string): boolean => permission !== 'teamwork.lead'
    expect(verbsOf(empty, true, agent)).not.toContain('supervise')
    expect(verbsOf(empty, false, all)).toEqual([])
  })
})
