import type { EntryDetails } from '@api'
import { beforeAll, describe, expect, it } from 'vitest'
import { i18n, loadWords, setLocale } from '@/i18n'
import { makeEntry } from '@/testing/fixtures'
import { changeSentence, type SentenceWords } from './changeSentence'

const person = {
  id: 2,
  name: 'Rosa',
  display_name: '',
  staff_number: '',
  presence: 'online' as const,
  team_ids: [],
  is_active: true,
}
const desk: SentenceWords['desk'] = {
  person: (id) => (id === 2 ? person : undefined),
  team: (id) =>
    id === 4 ? { id: 4, name: 'Repairs', routing: 'push', member_ids: [], is_archived: false } : undefined,
  statusName: (id) => (id === 3 ? 'On hold' : ''),
}

function say(details: EntryDetails, author: 'person' | 'system' = 'person'): string {
  const entry = makeEntry({
    kind: 'change',
    details,
    author: { kind: author, id: 2, name: 'Rosa' },
    text: '',
  })
  const { t, te } = i18n.global
  return changeSentence(entry, {
    t: (key, values) => t(key, values ?? {}),
    te,
    locale: i18n.global.locale.value,
    desk,
  })
}

describe('changeSentence', () => {
  beforeAll(async () => {
    await setLocale('en')
    await loadWords('tickets')
  })

  it.each<[string, EntryDetails]>([
    ['Rosa set the status to On hold', { field: 'status', to_value: 3 }],
    ['Rosa set the priority to Urgent', { field: 'priority', to_value: 4 }],
    ['Rosa moved the ticket to Repairs', { field: 'team', to_value: 4 }],
    ['Rosa took the ticket', { field: 'assignee', to_value: 2 }],
    ['Rosa took the assignment away', { field: 'assignee', to_value: null }],
    ['Rosa assigned it to Wang', { field: 'assignee', to_value: { id: 9, name: 'Wang' } }],
    ['Rosa added b', { field: 'tags', from_value: ['a'], to_value: ['a', 'b'] }],
    ['Rosa removed a', { field: 'tags', from_value: ['a'], to_value: [] }],
    ['Rosa added b and removed a', { field: 'tags', from_value: ['a'], to_value: ['b'] }],
    ['Back from snooze', { field: 'snooze', to_value: null }],
    ['Rosa changed the ticket', { field: 'something_new' }],
  ])('says "%s"', (sentence, details) => {
    expect(say(details)).toBe(sentence)
  })

  it('tells why routing chose', () => {
    const reason = { code: 'least_loaded', candidates: 4 }
    expect(say({ field: 'assignee', to_value: 2, reason }, 'system')).toBe(
      'Assigned to Rosa: least loaded, then longest idle',
    )
  })

  it.each([
    ['holder_left', 'Back to the team: the holder has left'],
    ['holder_not_there', 'Back to the team: the holder was not there'],
    ['moved_to_team', 'Back to the team: moved to another team'],
    ['by_hand', 'Rosa took the assignment away'],
  ])('tells why nobody holds it any more: %s', (code, sentence) => {
    expect(say({ field: 'assignee', to_value: null, reason: { code } })).toBe(sentence)
  })

  it('says whom routing chose even for a reason without words', () => {
    expect(say({ field: 'assignee', to_value: 2, reason: { code: 'unheard_of' } }, 'system')).toBe(
      'Assigned to Rosa',
    )
  })

  it('falls back to the number of what has gone', () => {
    expect(say({ field: 'team', to_value: 77 })).toBe('Rosa moved the ticket to #77')
  })

  it('speaks Chinese as well', async () => {
    await setLocale('zh-CN')
    expect(say({ field: 'priority', to_value: 4 })).toBe('Rosa将优先级改为 紧急')
    await setLocale('en')
  })
})
