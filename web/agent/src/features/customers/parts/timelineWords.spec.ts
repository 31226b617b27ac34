import type { CustomerEvent } from '@api'
import { describe, expect, it } from 'vitest'
import { lineOf } from './timelineWords'

const words = {
  t: (key: string, values?: Record<string, unknown>) => `${key}${values ? JSON.stringify(values) : ''}`,
  te: (key: string) => key.endsWith('.note'),
}
const event = (more: Partial<CustomerEvent>): CustomerEvent =>
  ({
    kind: 'note',
    id: 1,
    at: '',
    text: '',
    details: {},
    author: { kind: 'person', id: 1, name: 'Lu' },
    ...more,
  }) as CustomerEvent

describe('line of the timeline', () => {
  it('tells who wrote in which direction', () => {
    expect(lineOf(event({ kind: 'message', direction: 'out' }), words)).toContain('line.out{"name":"Lu"}')
  })
  it('tells a withdrawn consent apart', () => {
    const one = event({ kind: 'consent', details: { is_given: false, purpose: 'survey', channel: 'any' } })
    expect(lineOf(one, words)).toContain('consent_withdrawn')
    expect(lineOf({ ...one, details: { ...one.details, is_given: true } }, words)).toContain('consent_given')
  })
  it('names the other of a merge and the model of a product', () => {
    expect(lineOf(event({ kind: 'customer_merge', text: 'Theo' }), words)).toContain('"other":"Theo"')
    expect(lineOf(event({ kind: 'product', text: 'WM-9' }), words)).toContain('"model":"WM-9"')
  })
  it('shows a kind of a later version by its name', () => {
    expect(lineOf(event({ kind: 'call' }), words)).toBe('call')
    expect(lineOf(event({}), words)).toContain('line.note')
  })
})
