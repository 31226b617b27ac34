import { flushPromises, type VueWrapper } from '@vue/test-utils'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { loadWords } from '@/i18n'
import { queryClient } from '@/shared/queryClient'
import { mountPage, signIn } from '@/testing/mount'
import { serve, type Call } from '@/testing/server'
import LabelsBlock from './LabelsBlock.vue'

const label = {
  ticket_id: 8,
  aspect: 'sentiment',
  label: 'negative',
  name_en: 'negative',
  name_zh: 'negative',
  confidence: 0.87,
  guess: 'negative',
  state: 'set',
  at: '2026-11-23T12:00:00Z',
  decided_by: null,
  decided_at: null,
}
const type = { ...label, aspect: 'type', label: '2', name_en: 'Return', name_zh: '退货', state: 'proposed' }
const choices = {
  sentiment: ['negative', 'neutral', 'positive'].map((value) => ({ value, name_en: value, name_zh: value })),
  type: [
    { value: '2', name_en: 'Return', name_zh: '退货' },
    { value: '3', name_en: 'Invoice', name_zh: '发票' },
  ],
}
const PATH = '/tickets/8/labels'

let page: VueWrapper
let calls: Call[]

async function open(items: unknown[], { permissions, waits = false }: { permissions?: string[]; waits?: boolean } = {}) {
  signIn({}, ...(permissions ? [permissions] : []))
  const decided = { ...label, state: 'corrected', label: 'neutral', decided_by: 999 }
  calls = serve({
    [`GET ${PATH}`]: { body: { items, choices, is_waiting: waits } },
    [`PUT ${PATH}/sentiment/decision`]: { body: { items: [decided], choices, is_waiting: false } },
  })
  await loadWords('classification')
  page = await mountPage(LabelsBlock, { ticketId: 8 })
  await flushPromises()
}

afterEach(() => {
  page.unmount()
  queryClient.clear()
  vi.unstubAllGlobals()
})

describe('LabelsBlock', () => {
  it('says that a machine set it, and how sure it was', async () => {
    await open([label, type])
    expect(page.text()).toContain('set by machine, 87%')
    expect(page.text()).toContain('proposed by machine, 87%')
    expect(page.findAll('option').map((one) => one.text())).toContain('Invoice')
  })

  it('calls unknown what is like nothing it knows', async () => {
    await open([{ ...type, label: '', state: 'unknown' }])
    expect(page.find('option').text()).toBe('Unknown')
    expect(page.text()).toContain('like nothing it knows')
  })

  it('corrects a label by choosing another', async () => {
    await open([label])
    await page.find('select').setValue('neutral')
    await flushPromises()
    const put = calls.find((one) => one.method === 'PUT')
    expect([put?.path, put?.body]).toEqual([`${PATH}/sentiment/decision`, { label: 'neutral' }])
    expect(page.text()).toContain('corrected by somebody')
  })

  it('confirms with one click', async () => {
    await open([label])
    await page.find('button').trigger('click')
    await flushPromises()
    expect(calls.find((one) => one.method === 'PUT')?.body).toEqual({ label: 'negative' })
  })

  it('lets a reader look only', async () => {
    await open([label], { permissions: ['tickets.read'] })
    expect(page.findAll('button, select')).toHaveLength(0)
    expect(page.text()).toContain('Negative')
  })

  it('says that it waits, and is not there when there is nothing', async () => {
    await open([], { waits: true })
    expect(page.text()).toContain('Not looked at yet')
    page.unmount()
    queryClient.clear()
    await open([])
    expect(page.find('section').exists()).toBe(false)
  })
})
