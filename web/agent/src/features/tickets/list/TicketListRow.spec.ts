import type { TicketRow } from '@api'
import { beforeEach, describe, expect, it } from 'vitest'
import { now } from '@ui'
import { makeRow } from '@/testing/fixtures'
import { mountPage, signIn } from '@/testing/mount'
import TicketListRow from './TicketListRow.vue'

const NOW = Date.parse('2026-11-22T10:00:00Z')

const show = (change: Partial<TicketRow>, props: Record<string, unknown> = {}) =>
  mountPage(TicketListRow, {
    row: makeRow(change),
    to: '/tickets/mine/1',
    isOpenTicket: false,
    isCursor: false,
    hasLeft: false,
    assignee: '',
    ...props,
  })

beforeEach(() => {
  signIn()
  now.value = NOW
})

describe('TicketListRow', () => {
  it('tells in words and colour how long the customer waits', async () => {
    const state = (await show({ waiting_since: '2026-11-22T08:00:00Z' })).find('.state')
    expect(state.text()).toBe('waits 2h')
    expect(state.classes()).toContain('warn')
  })

  it.each<[string, Partial<TicketRow>]>([
    ['with customer', { waiting_since: null }],
    ['Solved', { category: 'solved' }],
    ['1d', { snoozed_until: '2026-11-23T10:30:00Z' }],
  ])('says "%s"', async (words, change) => {
    expect((await show(change)).find('.state').text()).toBe(words)
  })

  it('marks what is unread, for those who listen, too', async () => {
    expect((await show({ unread: true })).find('.dot').text()).toBe('Unread')
    expect((await show({})).find('.dot').exists()).toBe(false)
  })

  it('names urgent tickets and good customers, and is quiet about the others', async () => {
    const page = await show({ priority: 4, customer: { id: 1, name: 'Ann', tier: 'VIP' } })
    expect(page.find('.who').text()).toMatch(/VIP.*Urgent/)
    expect((await show({})).find('.who').text()).toBe('Ann Lee')
  })

  it('says who wrote last when it was one of us', async () => {
    expect((await show({ preview_by: 'person', preview: 'Done' })).find('.say').text()).toBe('Us: Done')
  })

  it('is the current page when its ticket is open', async () => {
    expect((await show({}, { isOpenTicket: true })).attributes('aria-current')).toBe('page')
  })
})
