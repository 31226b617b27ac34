import { flushPromises, type VueWrapper } from '@vue/test-utils'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { loadWords } from '@/i18n'
import { queryClient } from '@/shared/queryClient'
import { mountPage, signIn } from '@/testing/mount'
import { serve, type Call } from '@/testing/server'
import LanguageDoubts from './LanguageDoubts.vue'
import RisksBlock from './RisksBlock.vue'

const alert = {
  id: 5,
  ticket_id: 8,
  entry_id: 3,
  kind: 'legal',
  starts: 2,
  ends: 5,
  words: 'sue',
  at: '2026-11-23T12:00:00Z',
  state: 'open',
  decided_by: null,
  decided_at: null,
}
const PATH = '/tickets/8/risks/5/decision'

let page: VueWrapper
let calls: Call[]

async function open(items: unknown[], permissions?: string[]): Promise<void> {
  signIn({}, ...(permissions ? [permissions] : []))
  calls = serve({
    'GET /tickets/8/risks': { body: { items } },
    [`PUT ${PATH}`]: { body: { ...alert, state: 'false_alarm' } },
    'POST /tickets/8/language-doubts': { body: { items: [{ start: 0, end: 8, words: 'Whatever' }] } },
  })
  await loadWords('risks')
  page = await mountPage(RisksBlock, { ticketId: 8 })
  await flushPromises()
}
const button = (name: RegExp) =>
  page.findAll('button').find((one) => name.test(one.attributes('aria-label') ?? one.text()))

afterEach(() => {
  page.unmount()
  queryClient.clear()
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

describe('RisksBlock', () => {
  it('shows the words of an alert, which lead to the message', async () => {
    await open([alert])
    expect(page.text()).toContain('Legal action')
    expect(page.find('a').text()).toBe('sue')
    expect(page.find('a').attributes('href')).toContain('entry=3')
  })

  it('is not there without alerts', async () => {
    await open([])
    expect(page.find('.block').exists()).toBe(false)
  })

  it('calls an alert false, which is folded away then', async () => {
    await open([alert])
    await button(/^False alarm/)?.trigger('click')
    await flushPromises()
    const put = calls.find((one) => one.method === 'PUT')
    expect([put?.path, put?.body]).toEqual([PATH, { state: 'false_alarm' }])
    expect(page.find('details').text()).toContain('1 false alarm')
    expect(button(/^Confirm/)).toBeDefined()
  })

  it('lets a reader look only', async () => {
    await open([alert], ['tickets.read'])
    expect(page.findAll('button')).toHaveLength(0)
  })
})

describe('LanguageDoubts', () => {
  it('names doubtful words once the writer pauses, and drops them with the words', async () => {
    await open([])
    page.unmount()
    vi.useFakeTimers()
    page = await mountPage(LanguageDoubts, { ticketId: 8, text: 'Whatever you say' })
    expect(page.text()).toBe('')
    await vi.advanceTimersByTimeAsync(500)
    await flushPromises()
    expect(page.find('q').text()).toBe('Whatever')
    await page.setProps({ text: 'Thank you' })
    expect(page.find('q').exists()).toBe(false)
  })
})
