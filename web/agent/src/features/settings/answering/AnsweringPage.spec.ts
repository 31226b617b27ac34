import { flushPromises, type VueWrapper } from '@vue/test-utils'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { loadWords } from '@/i18n'
import { mountPage, signIn } from '@/testing/mount'
import { serve, type Call } from '@/testing/server'
import AnsweringPage from './AnsweringPage.vue'

const rule = {
  id: 3,
  place: 'widget',
  channel_id: 7,
  channel_name: 'Shop',
  is_on: false,
  threshold: 0.8,
  category_ids: null,
  most_answers: 3,
  holds: true,
  is_strict: true,
  silence_minutes: 30,
  after_silence: 'solve',
  version: 1,
}
const helpCentre = { ...rule, id: null, place: 'help_centre', channel_id: null, channel_name: '', version: 0 }
const step = { threshold: 0.6, answered: 75, right: 70, wrong: 0, open: 5, precision: 1, low: 0.95 }
const trial = {
  id: 1,
  state: 'done',
  asked_at: '2026-11-23T12:00:00Z',
  done_at: '2026-11-23T12:01:00Z',
  most: 200,
  looked_at: 80,
  steps: [step],
  proposed: 0.6,
  aim: 0.9,
  examples: [
    {
      ticket_id: 9,
      question: '怎么退货',
      article_id: 1,
      title: '退货',
      confidence: 0.7,
      verdict: 'right',
      reason: '',
    },
  ],
}

let page: VueWrapper
let calls: Call[]

async function open(newest: unknown = trial): Promise<void> {
  signIn()
  calls = serve({
    'GET /answering/rules': { body: { items: [helpCentre, rule], topics: [] } },
    'GET /answering/rules/7/trial': { body: { newest } },
    'PUT /answering/rules/7': { body: { ...rule, is_on: true, version: 2 } },
    'POST /answering/rules/7/trial': { body: { newest: { ...trial, state: 'asked' } } },
    'POST /answering/rules/7/question': {
      body: {
        state: 'answered',
        reason: '',
        confidence: 0.7,
        threshold: 0.8,
        answer: { confidence: 0.7, path: '/help/zh-CN/articles/returns', title: '退货', text: '七天内' },
      },
    },
  })
  await loadWords('settings', 'form', 'answering')
  page = await mountPage(AnsweringPage, {})
  await flushPromises()
}
const button = (name: string) => page.findAll('button').find((one) => one.text() === name)

afterEach(() => {
  page.unmount()
  vi.unstubAllGlobals()
})

describe('AnsweringPage', () => {
  it('shows a chat first and saves what was changed with the version that was read', async () => {
    await open()
    await page.find('[role=switch]').trigger('click')
    await button('Save')?.trigger('click')
    await flushPromises()
    const put = calls.find((one) => one.method === 'PUT')
    expect(put?.body).toMatchObject({ is_on: true, version: 1, threshold: 0.8, category_ids: null })
  })

  it('takes the threshold that the trial proposes', async () => {
    await open()
    expect(page.text()).toContain('From 60 % on')
    await button('Take 60 %')?.trigger('click')
    await flushPromises()
    expect(calls.find((one) => one.method === 'PUT')?.body).toMatchObject({ threshold: 0.6 })
  })

  it('says so when too few tickets tell, and starts another trial', async () => {
    await open({ ...trial, proposed: null })
    expect(page.text()).toContain('Too few tickets tell')
    await button('Try them')?.trigger('click')
    await flushPromises()
    expect(page.text()).toContain('Trying.')
  })

  it('tries a question and shows the words with their source', async () => {
    await open()
    await page.find('form input').setValue('怎么退货')
    await page.find('form').trigger('submit')
    await flushPromises()
    expect(page.find('blockquote').text()).toBe('七天内')
    expect(
      page.find('blockquote').element.previousElementSibling?.querySelector('a')?.getAttribute('href'),
    ).toBe('/help/zh-CN/articles/returns')
  })
})
