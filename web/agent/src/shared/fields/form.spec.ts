import { describe, expect, it } from 'vitest'
import shared from '../../../../../tests/tickets/forms.json'
import type { Field, FormField, FormRule } from '@api'
import { comparableValues, formProblems, formState, isEmptyValue, type FieldState } from './form'

interface Case {
  name: string
  facts?: Record<string, unknown>
  values: Record<string, unknown>
  changed?: string[]
  is_done?: boolean
  shown: string[]
  allowed?: Record<string, string[]>
  problems: Record<string, string>
}

const context = { now: new Date(shared.now), me: null, myTeams: [] }
const cases = shared.cases as unknown as Case[]

function statesOf(one: Case): FieldState[] {
  const values = Object.fromEntries(
    Object.entries(one.values).map(([key, value]) => [`fields.${key}`, value]),
  )
  const rules = shared.rules as unknown as FormRule[]
  return formState(shared.form as FormField[], rules, { ...values, ...one.facts }, context)
}

describe('form', () => {
  it.each(cases)('shows and limits: $name', (one) => {
    const states = statesOf(one)
    expect(states.filter((state) => state.isShown).map((state) => state.key)).toEqual(one.shown)
    const limits = states.filter((state) => state.allowed).map((state) => [state.key, state.allowed])
    expect(Object.fromEntries(limits)).toEqual(one.allowed ?? {})
  })

  it.each(cases)('finds the same problems: $name', (one) => {
    expect(formProblems(statesOf(one), one.values, one.changed ?? [], one.is_done ?? false)).toEqual(
      one.problems,
    )
  })

  it('takes false and zero for values', () => {
    expect([false, 0, '', null, undefined, []].map(isEmptyValue)).toEqual([
      false,
      false,
      true,
      true,
      true,
      true,
    ])
  })

  it('compares money by its amount', () => {
    const fields = [{ key: 'paid', kind: 'money' }] as Field[]
    const paid = { amount_cents: 1290, currency: 'CNY' }
    expect(comparableValues(fields, { paid, colour: 'red' })).toEqual({
      'fields.paid': 1290,
      'fields.colour': 'red',
    })
  })
})
