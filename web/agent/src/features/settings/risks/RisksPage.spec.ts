import { flushPromises, type VueWrapper } from '@vue/test-utils'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { loadWords } from '@/i18n'
import { mountPage, signIn } from '@/testing/mount'
import { serve, type Call } from '@/testing/server'
import RisksPage from './RisksPage.vue'

const settings = {
  recipients: [{ kind: 'legal', roles: ['supervisor'], person_ids: [] }],
  silences: [
    { id: 4, kind: 'churn', phrase: 'bye', began_at: '2026-11-23T12:00:00Z', person_ids: [1, 2, 3] },
  ],
}

let page: VueWrapper
let calls: Call[]

async function open(): Promise<void> {
  signIn()
  calls = serve({
    'GET /risk-settings': { body: settings },
    'PUT /risk-settings/recipients/legal': { body: settings },
    'DELETE /risk-settings/silences/4': { body: { ...settings, silences: [] } },
  })
  await loadWords('settings', 'form', 'risks')
  page = await mountPage(RisksPage, {})
  await flushPromises()
}

afterEach(() => {
  page.unmount()
  vi.unstubAllGlobals()
})

describe('RisksPage', () => {
  it('tells another role of a kind', async () => {
    await open()
    await page.findAll('input[type=checkbox]')[1]?.trigger('change')
    await flushPromises()
    const put = calls.find((one) => one.method === 'PUT')
    expect(put?.body).toEqual({ roles: ['supervisor', 'agent'], person_ids: [] })
  })

  it('lets silent words alarm again', async () => {
    await open()
    expect(page.text()).toContain('bye')
    await page
      .findAll('button')
      .find((one) => one.text() === 'Let them alarm again')
      ?.trigger('click')
    await flushPromises()
    expect(page.text()).not.toContain('bye')
    expect(page.text()).toContain('All words alarm')
  })
})
