import en from '@/locales/en/settings.json'
import { describe, expect, it } from 'vitest'
import { kindGroups, withChosen } from './kinds'

const tickets = kindGroups[0]?.kinds ?? []

describe('kindGroups', () => {
  it.each(kindGroups.flatMap((group) => group.kinds))('%s is explained', (kind) =>
    expect(en.webhook.kinds).toHaveProperty(kind),
  )
})

describe('withChosen', () => {
  it('changes its own group only', () => {
    expect(withChosen(['ticket_opened', 'reply_sent'], tickets, ['ticket_solved'])).toEqual([
      'ticket_solved',
      'reply_sent',
    ])
  })

  it('keeps a kind that the page does not know', () => {
    expect(withChosen(['new_thing', 'ticket_opened'], tickets, [])).toEqual(['new_thing'])
  })

  it('names kinds instead of all of them', () => {
    expect(withChosen(['*'], tickets, ['ticket_opened'])).toEqual(['ticket_opened'])
  })
})
