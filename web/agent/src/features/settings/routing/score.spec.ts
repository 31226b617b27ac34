import { describe, expect, it } from 'vitest'
import { rise, toForm, toWeights, type Weights } from './score'

const weights: Weights = {
  urgency: 60,
  severity: 30,
  people: 20,
  money: 15,
  customer: 25,
  deadline: 40,
  risk: 25,
  contacts: 15,
  ageing: 0.25,
  deadline_minutes: 240,
  people_at_most: 1_000,
  money_at_most_cents: 10_000_000,
  tiers: { VIP: 1, 金: 0.6 },
}

describe('the form of the weights', () => {
  it('gives back what it was given', () => {
    expect(toWeights(toForm(weights))).toEqual(weights)
  })

  it('leaves out tiers without a name', () => {
    const form = toForm(weights)
    form.tiers.push({ name: ' ', worth: 0.5 })
    expect(toWeights(form).tiers).toEqual(weights.tiers)
  })

  it('says how many places a ticket rises', () => {
    expect(rise({ before: 7, after: 2 })).toBe(5)
    expect(rise({ before: 1, after: 3 })).toBe(-2)
  })
})
