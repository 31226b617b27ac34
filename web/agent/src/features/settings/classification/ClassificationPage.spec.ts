import { flushPromises, type VueWrapper } from '@vue/test-utils'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { loadWords } from '@/i18n'
import { mountPage, signIn } from '@/testing/mount'
import { serve, type Call } from '@/testing/server'
import ClassificationPage from './ClassificationPage.vue'

const head = {
  id: 4,
  aspect: 'type',
  made_at: '2026-11-23T12:00:00Z',
  examples: 400,
  labels: 6,
  held_out: 100,
  score: 0.91,
  score_before: 0.88,
  state: 'on',
}
const counts = { set: 5, proposed: 4, unknown: 3, confirmed: 2, corrected: 1 }
const settings = {
  aspects: [
    {
      setting: { aspect: 'type', is_on: true, threshold: 0.85, field_key: null },
      heads: [head, { ...head, id: 3, state: 'retired', score_before: null }],
      ...counts,
    },
    { setting: { aspect: 'product', is_on: true, threshold: 1, field_key: 'fault' }, heads: [], ...counts },
  ],
  load: { waiting: 7, oldest_at: null, looked_at: 20, skipped: 3, failed: 0, ms: 41.6 },
  training: { asked_at: null, started_at: null, ended_at: null, problem: '' },
  has_meaning: false,
}

let page: VueWrapper
let calls: Call[]

async function open(): Promise<void> {
  signIn()
  calls = serve({
    'GET /classification-settings': { body: settings },
    'GET /fields?subject=ticket': { body: { items: [] } },
    'PUT /classification-settings/type': { body: settings },
    'PUT /classification-settings/type/head': { body: settings },
    'POST /classification-settings/training': { body: settings },
  })
  await loadWords('settings', 'form', 'classification')
  page = await mountPage(ClassificationPage, {})
  await flushPromises()
}
const press = async (name: string): Promise<void> => {
  await page
    .findAll('button')
    .find((one) => one.text() === name)
    ?.trigger('click')
  await flushPromises()
}
const sent = () => calls.filter((one) => one.method !== 'GET').map((one) => [one.method, one.path, one.body])

afterEach(() => {
  page.unmount()
  vi.unstubAllGlobals()
})

describe('ClassificationPage', () => {
  it('shows what waits, what was let go, and how good heads are', async () => {
    await open()
    for (const words of ['7 tickets wait', '3 let go today', '42 ms each', '91% of 100 right', 'before 88%', 'words alone'])
      expect(page.text()).toContain(words)
    expect(page.text()).toContain('only proposes')
  })

  it('switches an aspect off', async () => {
    await open()
    await page.find('input[type=checkbox]').trigger('change')
    await flushPromises()
    const body = { is_on: false, threshold: 0.85, field_key: null }
    expect(sent()).toEqual([['PUT', '/classification-settings/type', body]])
  })

  it('takes another threshold', async () => {
    await open()
    await page.find('select').setValue('0.95')
    await flushPromises()
    expect(sent()[0]?.[2]).toEqual({ is_on: true, threshold: 0.95, field_key: null })
  })

  it('takes an earlier head back, and goes back to names', async () => {
    await open()
    await press('Let this one work')
    await press('Go back to names and shipped examples')
    expect(sent().map(([, , body]) => body)).toEqual([{ version_id: 3 }, { version_id: null }])
  })

  it('asks to learn now', async () => {
    await open()
    await press('Learn now')
    expect(sent()).toEqual([['POST', '/classification-settings/training', {}]])
  })
})
