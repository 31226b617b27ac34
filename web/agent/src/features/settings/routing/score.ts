import type { Schemas, ScoreWeights } from '@api'

export type Weights = ScoreWeights['weights']
export type ScorePreview = Schemas['ScorePreview']

/** Parts that have points of their own, in the order in which the page shows them. */
export const PARTS = [
  'urgency',
  'severity',
  'deadline',
  'customer',
  'risk',
  'people',
  'money',
  'contacts',
] as const

export interface Tier {
  name: string
  worth: number
}
export interface ScoreForm {
  points: Record<(typeof PARTS)[number], number>
  ageing: number
  deadline_minutes: number
  people_at_most: number
  money_at_most: number
  tiers: Tier[]
}

export function toForm(weights: Weights): ScoreForm {
  return {
    points: Object.fromEntries(PARTS.map((part) => [part, weights[part] ?? 0])) as ScoreForm['points'],
    ageing: weights.ageing ?? 0,
    deadline_minutes: weights.deadline_minutes ?? 240,
    people_at_most: weights.people_at_most ?? 1_000,
    money_at_most: Math.round((weights.money_at_most_cents ?? 0) / 100),
    tiers: Object.entries(weights.tiers ?? {}).map(([name, worth]) => ({ name, worth })),
  }
}

export function toWeights(form: ScoreForm): Weights {
  const named = form.tiers.filter((one) => one.name.trim())
  return {
    ...form.points,
    ageing: form.ageing,
    deadline_minutes: form.deadline_minutes,
    people_at_most: form.people_at_most,
    money_at_most_cents: form.money_at_most * 100,
    tiers: Object.fromEntries(named.map((one) => [one.name.trim(), one.worth])),
  }
}

/** Where a ticket went: positive is nearer to the front. */
export const rise = (one: { before: number; after: number }): number => one.before - one.after
