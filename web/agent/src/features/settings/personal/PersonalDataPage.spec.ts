import { flushPromises, type VueWrapper } from '@vue/test-utils'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { loadWords } from '@/i18n'
import { mountPage, signIn } from '@/testing/mount'
import { serve, type Call } from '@/testing/server'
import PersonalDataPage from './PersonalDataPage.vue'

const rule = (clear: string[]) => ({ is_on: true, clear_for: clear })
const policy = {
  kinds: {
    id_number: rule(['program']),
    bank_card: rule([]),
    passport: rule([]),
    phone: rule(['agent']),
    email: rule([]),
    address: rule([]),
    plate: rule([]),
    name: { is_on: false, clear_for: [] },
  },
  keeps_sealed: true,
  sealed_days: 30,
  waiting: 120,
}
const access = {
  id: 3,
  ticket_id: 12,
  entry_id: 40,
  kinds: ['id_number'],
  person_id: 2,
  person_name: 'Lin',
  at: '2026-11-23T12:00:00Z',
}

let page: VueWrapper
let calls: Call[]

async function open(): Promise<void> {
  signIn()
  calls = serve({
    'GET /personal-data/policy': { body: policy },
    'GET /personal-data/accesses?limit=20': { body: { items: [access], next: null } },
    'PUT /personal-data/policy': { body: { ...policy, keeps_sealed: false } },
  })
  await loadWords('settings', 'form', 'personal')
  page = await mountPage(PersonalDataPage, {})
  await flushPromises()
}

afterEach(() => {
  page.unmount()
  vi.unstubAllGlobals()
})

const sent = (): Record<string, unknown> =>
  calls.find((one) => one.method === 'PUT')?.body as Record<string, unknown>

describe('PersonalDataPage', () => {
  it('lets another role see a kind in full', async () => {
    await open()
    await page.find('input[aria-label="Agents see in full: Bank card"]').trigger('change')
    await flushPromises()
    expect((sent().kinds as Record<string, unknown>).bank_card).toEqual(rule(['agent']))
    expect(sent()).not.toHaveProperty('waiting')
  })

  it('destroys originals at once when told so', async () => {
    await open()
    await page.findAll('input[type=radio]')[1]?.trigger('change')
    await flushPromises()
    expect(sent().keeps_sealed).toBe(false)
    expect(page.find('input[type=number]').exists()).toBe(false)
  })

  it('tells who read what, and how much is still looked at', async () => {
    await open()
    expect(page.text()).toContain('Lin · ticket #12')
    expect(page.text()).toContain('About 120 older messages')
  })
})
