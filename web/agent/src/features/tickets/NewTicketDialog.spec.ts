import { flushPromises, type VueWrapper } from '@vue/test-utils'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { makeTicket } from '@/testing/fixtures'
import { mountPage, signIn } from '@/testing/mount'
import { serve, type Call } from '@/testing/server'
import NewTicketDialog from './NewTicketDialog.vue'
import TemplatePicker from './TemplatePicker.vue'

let page: VueWrapper
let calls: Call[]
const template = {
  id: 9,
  title: '退货登记',
  ticket: { subject: 'Return', text: 'By {{agent.name}}', tags: ['return'], priority: 3 },
  scope: 'all',
  team_id: null,
  uses: 0,
}

const dialog = () => document.querySelector<HTMLElement>('[role="dialog"]')
const inputs = (): HTMLInputElement[] => [...(dialog()?.querySelectorAll('input') ?? [])]

beforeEach(async () => {
  signIn()
  const empty = { status: 200, body: { items: [] } }
  calls = serve({
    'GET /ticket-templates': { status: 200, body: { items: [template] } },
    'GET /teams': { status: 200, body: { items: [{ id: 1, name: 'Support', member_ids: [] }], next: null } },
    'GET /channels': empty,
    'GET /fields': empty,
    'GET /ticket-types': empty,
    'GET /people/brief': empty,
    'GET /statuses': empty,
    'POST /tickets': { status: 201, body: makeTicket({ id: 77 }) },
  })
  page = await mountPage(NewTicketDialog, {})
  await flushPromises()
})
afterEach(() => {
  page.unmount()
  vi.unstubAllGlobals()
})

it('begins from a template and tells the server which', async () => {
  page.findComponent(TemplatePicker).vm.$emit('pick', template)
  await flushPromises()
  expect(inputs().map((one) => one.value)).toContain('Return')
  expect(dialog()?.textContent).toContain('Filled from “退货登记”')
  expect(dialog()?.textContent).toContain('agent.name will be filled in')
  const who = inputs()[0] as HTMLInputElement
  who.value = 'Rosa'
  who.dispatchEvent(new Event('input'))
  await flushPromises()
  dialog()?.querySelector('form')?.dispatchEvent(new Event('submit'))
  await flushPromises()
  expect(calls.find((call) => call.method === 'POST')?.body).toMatchObject({
    template_id: 9,
    subject: 'Return',
    text: 'By {{agent.name}}',
    tags: ['return'],
    priority: 3,
  })
})
