/**
 * Rules of a ticket's form in the page: the twin of src/ombud/tickets/forms.py.
 * Both are tested on tests/tickets/forms.json.
 */
import type { Field, FormField, FormRule } from '@api'
import { holds, type Condition, type ConditionContext } from '@ui/conditions'

export type RequiredOn = 'never' | 'save' | 'solve'
export type FieldValues = Record<string, unknown>
/** `required`, `not_allowed`, or what a definition says of a value. */
export type FieldProblems = Record<string, string>

export interface FieldState {
  key: string
  isShown: boolean
  requiredOn: RequiredOn
  /** The choices that a rule leaves; null: all. */
  allowed: string[] | null
}

export function isEmptyValue(value: unknown): boolean {
  return value === null || value === undefined || value === '' || (Array.isArray(value) && value.length === 0)
}

function applyRule(rule: FormRule, states: Map<string, FieldState>): void {
  for (const [keys, isShown] of [
    [rule.show ?? [], true],
    [rule.hide ?? [], false],
  ] as const)
    for (const key of keys) {
      const state = states.get(key)
      if (state) state.isShown = isShown
    }
  for (const [key, on] of Object.entries(rule.require ?? {})) {
    const state = states.get(key)
    if (state) state.requiredOn = on
  }
  for (const [key, allowed] of Object.entries(rule.limit ?? {})) {
    const state = states.get(key)
    if (state) state.allowed = allowed
  }
}

/** How each field of the form stands, in the form's order. `values` go by `fields.<key>` beside the ticket's facts. */
export function formState(
  form: FormField[],
  rules: FormRule[],
  values: FieldValues,
  context: ConditionContext,
): FieldState[] {
  const shownByRule = new Set(rules.flatMap((rule) => rule.show ?? []))
  const states = new Map<string, FieldState>()
  for (const { key, required_on: requiredOn = 'never' } of form)
    states.set(key, { key, isShown: !shownByRule.has(key), requiredOn, allowed: null })
  for (const rule of rules)
    if (holds(rule.when as unknown as Condition, values, context)) applyRule(rule, states)
  return [...states.values()]
}

function isAllowed(value: unknown, allowed: string[]): boolean {
  return [value].flat().every((one) => allowed.includes(String(one)))
}

/** What stands against saving these values. A limit binds only what has changed: old choices stay. */
export function formProblems(
  states: FieldState[],
  values: FieldValues,
  changed: string[],
  isDone: boolean,
): FieldProblems {
  const demands: RequiredOn[] = isDone ? ['save', 'solve'] : ['save']
  const found: FieldProblems = {}
  for (const state of states.filter((one) => one.isShown)) {
    const value = values[state.key]
    if (isEmptyValue(value)) {
      if (demands.includes(state.requiredOn)) found[state.key] = 'required'
    } else if (changed.includes(state.key) && state.allowed && !isAllowed(value, state.allowed))
      found[state.key] = 'not_allowed'
  }
  return found
}

/** The values as conditions compare them: money by its amount in the smallest unit. */
export function comparableValues(fields: Field[], values: FieldValues): FieldValues {
  const money = new Set(fields.filter((field) => field.kind === 'money').map((field) => field.key))
  const amount = (value: unknown): unknown => (value as { amount_cents?: number } | null)?.amount_cents
  return Object.fromEntries(
    Object.entries(values).map(([key, value]) => [`fields.${key}`, money.has(key) ? amount(value) : value]),
  )
}
