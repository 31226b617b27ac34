import { flushPromises, type VueWrapper } from '@vue/test-utils'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { loadWords } from '@/i18n'
import { mountPage, signIn } from '@/testing/mount'
import { serve, type Call } from '@/testing/server'
import PromiseCard from './PromiseCard.vue'

const NOW = Date.parse('2026-11-24T09:00:00Z')
const promised = {
  id: 5,
  ticket_id: 8,
  entry_id: 3,
  way: 'message',
  kind: 'fixed',
  words: 'We call you',
  due_at: '2026-11-24T12:00:00Z',
  first_due_at: '2026-11-24T12:00:00Z',
  moves: [],
  made_by: null,
  made_at: '2026-11-23T12:00:00Z',
  status: 'open',
  ended_at: null,
  ended_by: null,
  kept_entry_id: null,
  reason: '',
  is_answered: false,
}
const PATH = '/tickets/8/promises/5'

let page: VueWrapper
let calls: Call[]

async function open(change: Record<string, unknown> = {}, permissions?: string[]): Promise<void> {
  signIn({}, ...(permissions ? [permissions] : []))
  calls = serve({
    [`PUT ${PATH}/end`]: { body: { items: [] } },
    [`PUT ${PATH}/moment`]: { body: { items: [] } },
  })
  await loadWords('promises', 'clocks')
  page = await mountPage(PromiseCard, { ticketId: 8, promise: { ...promised, ...change }, now: NOW })
  await flushPromises()
}
const press = async (name: RegExp): Promise<void> => {
  await page
    .findAll('button')
    .find((one) => name.test(one.attributes('aria-label') ?? one.text()))
    ?.trigger('click')
  await flushPromises()
}
const puts = () => calls.filter((one) => one.method === 'PUT').map((one) => [one.path, one.body])

afterEach(() => {
  page.unmount()
  vi.unstubAllGlobals()
})

describe('PromiseCard', () => {
  it('says what was promised and how much time is left', async () => {
    await open()
    expect(page.text()).toContain('We call you')
    expect(page.text()).toContain('3 h 0 min left')
    expect(page.classes()).not.toContain('bad')
  })

  it('is red once its moment has passed, and can be done after all, but not moved or dropped', async () => {
    await open({ due_at: '2026-11-24T08:00:00Z', status: 'broken' })
    expect(page.classes()).toContain('bad')
    expect(page.text()).toContain('overdue')
    expect(page.findAll('button')).toHaveLength(1)
    await press(/^Done after all/)
    expect(puts()).toEqual([[`${PATH}/end`, { outcome: 'kept', reason: '' }]])
  })

  it('is kept by one click', async () => {
    await open()
    await press(/^Kept/)
    expect(puts()).toEqual([[`${PATH}/end`, { outcome: 'kept', reason: '' }]])
  })

  it('takes another time only with a reason', async () => {
    await open()
    await press(/^Another time/)
    const [at, reason] = page.findAll('input')
    await at?.setValue('2026-11-25T10:00')
    await page.find('form').trigger('submit')
    expect(puts()).toEqual([])
    await reason?.setValue('The part is late')
    await page.find('form').trigger('submit')
    await flushPromises()
    expect(puts()[0]?.[0]).toBe(`${PATH}/moment`)
    expect(puts()[0]?.[1]).toMatchObject({ reason: 'The part is late' })
  })

  it('is dropped only with a reason', async () => {
    await open()
    await press(/^The customer does without/)
    await page.find('input').setValue('Found it')
    await page.find('form').trigger('submit')
    await flushPromises()
    expect(puts()).toEqual([[`${PATH}/end`, { outcome: 'dropped', reason: 'Found it' }]])
  })

  it('asks whether an answer was what was promised, and shows how it was moved', async () => {
    const move = {
      due_before: null,
      due_after: '2026-11-24T12:00:00Z',
      reason: 'Late',
      moved_by: null,
      at: 'x',
    }
    await open({ is_answered: true, moves: [move] })
    expect(page.text()).toContain('Was that it?')
    expect(page.text()).toContain('Late')
  })

  it('is only looked at by those who may not write', async () => {
    await open({}, ['tickets.read'])
    expect(page.findAll('button')).toHaveLength(0)
  })
})
