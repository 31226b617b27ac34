import { flushPromises, type VueWrapper } from '@vue/test-utils'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { loadWords } from '@/i18n'
import { mountPage, signIn } from '@/testing/mount'
import { serve, type Call } from '@/testing/server'
import { choiceOf, choicesFor, clearChoices } from './choices'
import { AFTER_MS } from './offers'
import PromiseOffers from './PromiseOffers.vue'

const WORDS = 'we will call you tomorrow at 3 pm'
const offer = {
  start: 0,
  end: WORDS.length,
  words: WORDS,
  kind: 'fixed',
  due_at: '2026-11-24T15:00:00Z',
  problems: [] as unknown[],
  safe: null as string | null,
}
const vague = { ...offer, words: 'asap', kind: 'vague', due_at: null, safe: 'within 1 working day' }

let id = 4_000
let page: VueWrapper
let calls: Call[]

async function open(text: string, ...items: unknown[]): Promise<void> {
  calls = serve({ [`POST /tickets/${String(id)}/promise-offers`]: { body: { items } } })
  await loadWords('promises')
  page = await mountPage(PromiseOffers, { ticketId: id, text })
  await vi.advanceTimersByTimeAsync(AFTER_MS)
  await flushPromises()
}

const button = (name: string) => page.findAll('button').find((one) => one.text().includes(name))
const asked = (): number => calls.filter((one) => one.path.endsWith('/promise-offers')).length

beforeEach(() => {
  id += 1
  signIn()
  vi.useFakeTimers()
})
afterEach(() => {
  page.unmount()
  clearChoices(id)
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

describe('PromiseOffers', () => {
  it('is not there without a promise', async () => {
    await open('How can I help you?')
    expect(page.find('.offers').exists()).toBe(false)
  })

  it('asks once, when the writer pauses', async () => {
    await open('we', offer)
    expect(asked()).toBe(0)
    for (const text of ['we will', 'we will call', WORDS]) {
      await page.setProps({ text })
      await vi.advanceTimersByTimeAsync(AFTER_MS / 3)
    }
    expect(asked()).toBe(0)
    await vi.advanceTimersByTimeAsync(AFTER_MS)
    await flushPromises()
    expect(asked()).toBe(1)
    expect(page.text()).toContain(WORDS)
  })

  it('shows words and moment, and says what happens without a decision', async () => {
    await open(WORDS, offer)
    expect(page.text()).toContain(WORDS)
    expect(page.text()).toMatch(/Tue.*15:00/)
    expect(page.text()).toContain('unless you say otherwise')
  })

  it('forgets what was deleted from the text without asking', async () => {
    await open(WORDS, offer)
    await page.setProps({ text: 'Hm' })
    expect(page.find('.offers').exists()).toBe(false)
  })

  it('folds into one line when Alt and P accept, and unfolds again', async () => {
    await open(WORDS, offer)
    window.dispatchEvent(new KeyboardEvent('keydown', { altKey: true, code: 'KeyP', key: 'π' }))
    await flushPromises()
    expect(page.find('.accepted').text()).toContain('1 promise will be watched')
    await button('Show')?.trigger('click')
    expect(page.find('.accepted').exists()).toBe(false)
  })

  it('drops a promise and takes it back', async () => {
    await open(WORDS, offer)
    await button('No promise')?.trigger('click')
    expect(choicesFor(id, WORDS)).toEqual([{ words: WORDS, is_dropped: true }])
    expect(page.text()).toContain('is no promise')
    await button('It is a promise')?.trigger('click')
    expect(choiceOf(id, WORDS)).toBeUndefined()
  })

  it('takes another moment, in the reader’s zone, and none that is past', async () => {
    await open(WORDS, offer)
    await button('Change the time')?.trigger('click')
    await page.find('input').setValue('2020-01-01T10:00')
    await page.find('form').trigger('submit')
    expect(choiceOf(id, WORDS)).toBeUndefined()
    await page.find('input').setValue('2099-11-25T10:00')
    await page.find('form').trigger('submit')
    expect(choiceOf(id, WORDS)?.due_at).toMatch(/^2099-11-2[45]T/)
    expect(page.text()).toContain('time changed')
  })

  it('warns and puts safe words in by one click', async () => {
    const problems = [{ kind: 'behind_deadline', label_en: 'Court', label_zh: '开庭', at: '2026-11-24T09:00:00Z' }]
    await open(WORDS, { ...offer, problems, safe: 'we will write to you within 1 working day' })
    expect(page.find('.problem').text()).toContain('Court')
    await button('Write')?.trigger('click')
    expect(page.emitted('replace')).toEqual([[WORDS, 'we will write to you within 1 working day']])
  })

  it('marks vague words with a hint, and counts them as no promise', async () => {
    await open('asap', vague)
    expect(page.text()).toContain('names no time')
    expect(page.text()).toContain('nobody is reminded')
    expect(page.find('.foot').exists()).toBe(false)
    expect(button('No promise')).toBeUndefined()
  })
})
