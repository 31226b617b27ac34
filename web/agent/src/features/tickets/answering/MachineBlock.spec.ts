import { flushPromises, type VueWrapper } from '@vue/test-utils'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { loadWords } from '@/i18n'
import { queryClient } from '@/shared/queryClient'
import { mountPage, signIn } from '@/testing/mount'
import { serve } from '@/testing/server'
import MachineBlock from './MachineBlock.vue'
import MachineMark from './MachineMark.vue'
import { percentOf, solvedWords } from './words'

const answer = {
  id: 4,
  question_entry_id: 11,
  question: '怎么退货',
  title: '如何退货',
  confidence: 0.41,
  threshold: 0.6,
  state: 'not_sure',
  reason: 'unknown',
  helped: null,
  at: '2026-11-23T12:00:00Z',
}
const talk = { ticket_id: 8, state: 'handed_off', reason: 'asked', answers: 1, began_at: answer.at }

let page: VueWrapper

async function open(body: unknown): Promise<void> {
  signIn()
  serve({ 'GET /tickets/8/machine-talk': { body } })
  await loadWords('answering')
  page = await mountPage(MachineBlock, { ticketId: 8 })
  await flushPromises()
}

afterEach(() => {
  page.unmount()
  queryClient.clear()
  vi.unstubAllGlobals()
})

describe('MachineBlock', () => {
  it('tells why a person has it, what was asked and what was found', async () => {
    await open({ talk, answers: [answer] })
    expect(page.text()).toContain('Passed on to you: wants a person')
    expect(page.text()).toContain('Found: 如何退货')
    expect(page.text()).toContain('41 % sure (below the 60 % that this place asks for)')
    expect(page.find('a').attributes('href')).toContain('entry=11')
  })

  it('is not there where no machine took part', async () => {
    await open({ talk: null, answers: [] })
    expect(page.find('section').exists()).toBe(false)
  })
})

describe('MachineMark', () => {
  it('names the machine, how sure it was, and the source', async () => {
    await loadWords('answering')
    const note = { kind: 'answer', title: '如何退货', path: '/help/zh-CN/articles/returns', confidence: 0.87 }
    page = await mountPage(MachineMark, { note: { answer_id: 1, article_id: 2, ...note } })
    expect(page.text()).toContain('87 % sure')
    expect(page.find('a').text()).toBe('Source: 如何退货')
  })
})

it('tells a rate with its counts, and none where nothing is due', () => {
  const t = (key: string, values: Record<string, unknown>): string =>
    [key, ...Object.values(values)].map(String).join(' ')
  expect(solvedWords({ due: 4, solved: 3 }, t)).toBe('answering.figures.rate 75 3 4')
  expect(solvedWords({ due: 0, solved: 0 }, t)).toBe('–')
  expect(percentOf(0.876)).toBe(88)
})
