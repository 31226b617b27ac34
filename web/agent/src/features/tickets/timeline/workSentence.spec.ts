import { describe, expect, it } from 'vitest'
import type { Entry } from '@api'
import teamwork from '@/locales/en/teamwork.json'
import portal from '@/locales/en/portal.json'
import processes from '@/locales/en/processes.json'
import promises from '@/locales/en/promises.json'
import type { SentenceWords } from './changeSentence'
import { workSentence } from './workSentence'

const all: Record<string, unknown> = { teamwork, processes, promises, portal, tickets: { listComma: ', ' } }

function find(key: string): unknown {
  return key
    .split('.')
    .reduce<unknown>((at, part) => (at as Record<string, unknown> | undefined)?.[part], all)
}

const words: SentenceWords = {
  t: (key, values = {}) =>
    String(find(key)).replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? '')),
  te: (key) => typeof find(key) === 'string',
  locale: 'en',
  desk: {
    person: () => ({ name: 'Ann' }),
    team: () => ({ name: 'Support' }),
    statusName: () => '',
  } as unknown as SentenceWords['desk'],
}
const entry = (field: string, told: unknown): Entry =>
  ({ details: { field, to_value: told } }) as unknown as Entry
const say = (field: string, told: unknown): string => workSentence(entry(field, told), 'Lin', words)

describe('workSentence', () => {
  it('says what customers said in the portal', () => {
    expect(say('portal.solved', {})).toBe('The customer says in the portal: it is solved')
    expect(say('portal.appraised', { score: 4, words: '' })).toBe('The customer’s opinion: 4 of 5.')
    expect(say('portal.unheard', {})).toBe('')
  })

  it('names the department and what it is for', () => {
    expect(say('teamwork.dispatched', { team: 2, note: 'Please check.' })).toBe(
      'Lin dispatched the ticket to Support. Please check.',
    )
  })

  it('names a task in the language of its reader', () => {
    const told = { team: 2, title: '查批次 / Check the batch', en: 'Check the batch', zh: '查批次' }
    expect(say('teamwork.task_given', told)).toContain('Check the batch')
    expect(say('teamwork.task_given', told)).not.toContain('查批次')
  })

  it('tells that somebody does not want to wait', () => {
    expect(
      say('waiting.asked', { way: 'call', contact: '138****8000', due_at: '2026-11-23T07:30:00Z' }),
    ).toMatch(/^The customer does not want to wait: call 138\*\*\*\*8000 by /)
    expect(say('waiting.withdrawn', { way: 'mail', contact: 'r****@x.example' })).toBe(
      'The customer waits after all, no mail to r****@x.example',
    )
    expect(say('waiting.unheard', {})).toBe('')
  })

  it('tells a late task by its title', () => {
    expect(say('teamwork.late', { metric: 'task', title: 'Find the parcel' })).toBe(
      'Overdue: the task “Find the parcel”',
    )
  })

  it('tells why a stage was entered', () => {
    expect(say('process.entered', { en: 'Research', zh: '研发', why: 'late' })).toBe(
      'Moved on, for the time was over: Research',
    )
    expect(say('process.entered', { en: 'Plan', zh: '方案', why: 'next' })).toBe('Stage: Plan')
  })

  it('reads answers out', () => {
    const answers = [
      { en: 'Cause', zh: '原因', answer: { en: 'Seal', zh: '密封圈' } },
      { en: 'Safe', zh: '安全', answer: { en: true, zh: true } },
    ]
    expect(say('process.answered', { answers })).toBe('Lin answered: Cause: Seal; Safe: Yes')
  })

  it('tells of promises: how they were made, moved, kept, broken', () => {
    const [quote, due] = ['We call', '2026-11-24T15:00:00Z']
    expect(say('promise.made', { words: quote, due_at: due, way: 'message' })).toMatch(
      /^Lin promised by Tue, 11\/24, .*“We call”$/,
    )
    expect(say('promise.made', { words: quote, due_at: due, way: 'phone' })).toContain('on the phone')
    expect(say('promise.made', { words: quote, due_at: null, way: 'message' })).toContain('no time yet')
    expect(say('promise.moved', { words: quote, before: due, due_at: due, reason: 'Late part' })).toContain(
      'Late part',
    )
    expect(say('promise.kept', { words: quote, is_late: true })).toContain('did late')
    expect(say('promise.kept', { words: quote, is_by_message: true })).toBe('Kept by our message: “We call”')
    expect(say('promise.broken', { words: quote, due_at: due })).toContain('Promise broken')
    expect(say('promise.dropped', { words: quote, reason: 'Sold it' })).toBe(
      'Lin dropped the promise “We call”: Sold it',
    )
    expect(say('promise.unknown', {})).toBe('')
  })

  it("gives the customer's word", () => {
    expect(say('process.confirmed', { answer: 'solved', way: 'phone', words: 'Fine.' })).toBe(
      'The customer confirms: solved (by phone). Fine.',
    )
  })

  it('lists what closing was said', () => {
    expect(say('closing', { cause: 'x', verdict: 'upheld' })).toBe(
      'Lin filled in the closing: Cause, Responsibility',
    )
  })

  it('is silent about what is not its own', () => {
    expect(say('status', 3)).toBe('')
    expect(say('teamwork.unheard', {})).toBe('')
  })
})
