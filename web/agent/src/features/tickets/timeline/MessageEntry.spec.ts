import type { Delivery, Entry } from '@api'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { makeEntry } from '@/testing/fixtures'
import { mountPage, signIn } from '@/testing/mount'
import { serve } from '@/testing/server'
import MessageEntry from './MessageEntry.vue'

const delivery = (change: Partial<Delivery>): Delivery => ({
  state: 'sent',
  not_before: '2026-11-22T08:00:00Z',
  problem: null,
  sent_at: null,
  delivered_at: null,
  read_at: null,
  can_undo: false,
  ...change,
})

const show = (change: Partial<Entry>, bounces: Entry[] = []) =>
  mountPage(MessageEntry, { entry: makeEntry(change), bounces })

beforeEach(() => {
  signIn()
  serve({})
})
afterEach(() => {
  vi.unstubAllGlobals()
  document.body.innerHTML = ''
})

describe('MessageEntry', () => {
  it('shows text as text, whatever it holds', async () => {
    const page = await show({ text: '<img src=x onerror=alert(1)>' })
    expect(page.find('.text img').exists()).toBe(false)
    expect(page.find('.text').text()).toBe('<img src=x onerror=alert(1)>')
  })

  it('locks a mail into a frame without scripts', async () => {
    const frame = (await show({ html: '<p>Hi</p><script>alert(1)</script>' })).find('iframe')
    expect(frame.attributes('sandbox')).not.toContain('allow-scripts')
    expect(frame.attributes('srcdoc')).toContain("default-src 'none'")
  })

  it('blocks remote pictures until asked', async () => {
    const page = await show({
      html: '<img src="https://t.example/p.gif">',
      details: { has_remote_images: true },
    })
    expect(page.find('iframe').attributes('srcdoc')).not.toContain('https: http:')
    await page.find('.images').trigger('click')
    expect(page.find('iframe').attributes('srcdoc')).toContain('https: http:')
    expect(page.find('.images').exists()).toBe(false)
  })

  it('folds the quoted text', async () => {
    const page = await show({ quoted: 'On Monday you wrote' })
    expect(page.find('.quoted').exists()).toBe(false)
    await page.find('.more').trigger('click')
    expect(page.find('.quoted').text()).toBe('On Monday you wrote')
  })

  it('warns of a sender who proved nothing', async () => {
    const page = await show({ details: { is_verified: false, authentication: { spf: 'fail' } } })
    expect(page.find('.unverified').text()).toContain('Sender not verified')
    expect(page.find('.unverified').attributes('title')).toBe('SPF fail')
  })

  it('says why a reply did not arrive and lets it be sent again', async () => {
    const page = await show({
      direction: 'out',
      delivery: delivery({ state: 'failed', problem: '550 no such user' }),
    })
    expect(page.find('.delivery').text()).toContain('Not delivered')
    expect(page.find('.delivery').text()).toContain('550 no such user')
    await page.find('.delivery button').trigger('click')
    expect(page.emitted('retry')).toHaveLength(1)
  })

  it('offers to take a waiting reply back', async () => {
    const page = await show({ direction: 'out', delivery: delivery({ state: 'queued', can_undo: true }) })
    await page.find('.delivery button').trigger('click')
    expect(page.emitted('undo')).toHaveLength(1)
  })

  it('shows a bounce on the message it belongs to', async () => {
    const recipients = [{ address: 'a@b.example', status: '5.1.1', hard: true }]
    const answer = { kind: 'bounce', recipients, entry_id: 10, text: '550 no such user' } as const
    const bounce = makeEntry({ id: 11, details: { bounce: answer } })
    expect((await show({ direction: 'out' }, [bounce])).find('.bounce').text()).toContain('a@b.example')
  })

  it('is named for those who listen', async () => {
    expect((await show({})).attributes('aria-label')).toBe('Message from Ann Lee')
    expect((await show({ direction: 'out' })).attributes('aria-label')).toBe('Reply by Ann Lee')
  })
})
