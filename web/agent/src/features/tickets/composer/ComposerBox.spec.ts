import { flushPromises, type VueWrapper } from '@vue/test-utils'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { makeEntry, makeTicket } from '@/testing/fixtures'
import { mountPage, signIn } from '@/testing/mount'
import { serve, type Call } from '@/testing/server'
import ComposerBox from './ComposerBox.vue'
import { draftOf } from './drafts'

let id = 900
let page: VueWrapper
let calls: Call[]

const posts = (): string[] => calls.filter((call) => call.method === 'POST').map((call) => call.path)
const sent = { status: 201, body: makeEntry({ id: 20 }) }

async function open(change: Record<string, unknown> = {}): Promise<void> {
  page = await mountPage(ComposerBox, { ticket: makeTicket({ id, ...change }) })
  await flushPromises()
}

async function write(text: string): Promise<void> {
  await page.find('textarea').setValue(text)
}

const sendButton = () => page.find('button.main')

beforeEach(() => {
  id += 1
  signIn({ preferences: { composer: 'plain' } })
  calls = serve({
    [`POST /tickets/${String(id)}/replies`]: sent,
    [`POST /tickets/${String(id)}/notes`]: sent,
    [`POST /tickets/${String(id)}/typing`]: { status: 204 },
    [`GET /tickets/${String(id)}/signature`]: { status: 200, body: { text: 'Lu, Support' } },
  })
})
afterEach(() => {
  page.unmount()
  vi.unstubAllGlobals()
})

describe('ComposerBox', () => {
  it('sends a reply and empties itself', async () => {
    await open()
    await write('On our way')
    await sendButton().trigger('click')
    expect(page.find('textarea').element.value).toBe('')
    await flushPromises()
    expect(posts()).toContain(`/tickets/${String(id)}/replies`)
  })

  it('looks and speaks differently for a note', async () => {
    await open()
    expect(page.classes()).toContain('reply')
    expect(sendButton().text()).toContain('Send')
    await page.findAll('[role="tab"]')[1]?.trigger('click')
    expect(page.classes()).toContain('note')
    expect(sendButton().text()).toContain('Add note')
    expect(page.text()).toContain('Only colleagues see this')
  })

  it('never sends a note to the customer', async () => {
    await open()
    await page.findAll('[role="tab"]')[1]?.trigger('click')
    await write('Do not tell them')
    await sendButton().trigger('click')
    await flushPromises()
    expect(posts()).toEqual([`/tickets/${String(id)}/notes`])
  })

  it('keeps reply and note apart', async () => {
    await open()
    await write('Dear customer')
    await page.findAll('[role="tab"]')[1]?.trigger('click')
    expect(page.find('textarea').element.value).toBe('')
    await page.findAll('[role="tab"]')[0]?.trigger('click')
    expect(page.find('textarea').element.value).toBe('Dear customer')
  })

  it('sends with Ctrl Enter and solves with Shift, too', async () => {
    await open()
    await write('Done')
    await page.find('textarea').trigger('keydown', { key: 'Enter', ctrlKey: true, shiftKey: true })
    await flushPromises()
    expect(calls.find((call) => call.path.endsWith('/replies'))?.body).toMatchObject({ solve: true })
    expect(page.emitted('sent')).toEqual([[true]])
  })

  it('never sends one of our placeholders as it is', async () => {
    await open()
    await write('Dear {{customer.name}}')
    expect(page.text()).toContain('customer.name')
    await sendButton().trigger('click')
    await sendButton().trigger('click')
    await flushPromises()
    expect(posts()).not.toContain(`/tickets/${String(id)}/replies`)
    await write('Dear Rosa')
    await sendButton().trigger('click')
    await flushPromises()
    expect(posts()).toContain(`/tickets/${String(id)}/replies`)
  })

  it('asks once about braces that are not ours', async () => {
    await open()
    await write('Write {{ user.name }} there')
    await sendButton().trigger('click')
    expect(posts()).not.toContain(`/tickets/${String(id)}/replies`)
    await sendButton().trigger('click')
    await flushPromises()
    expect(posts()).toContain(`/tickets/${String(id)}/replies`)
  })

  it('forwards to nobody of the conversation by itself', async () => {
    await open({ last_message_id: 7, mail: { to: [{ address: 'rosa@example.com', name: '' }], cc: [] } })
    await page.findAll('[role="tab"]')[2]?.trigger('click')
    await flushPromises()
    expect(page.classes()).toContain('forward')
    expect(page.text()).not.toContain('rosa@example.com')
    expect(page.text()).toContain('never to the customer')
    expect(sendButton().attributes('disabled')).toBeDefined()
  })

  it('cannot send nothing', async () => {
    await open()
    await write('   ')
    expect(sendButton().attributes('disabled')).toBeDefined()
  })

  it('says when there is no way to answer', async () => {
    await open({ reply_by: 'none' })
    expect(page.find('.via').text()).toContain('There is no way to answer')
  })

  it('tells the customer that somebody is typing, not more often than every 3 s', async () => {
    await open()
    await write('a')
    await write('ab')
    await write('abc')
    expect(posts().filter((path) => path.endsWith('/typing'))).toHaveLength(1)
  })

  describe('by mail', () => {
    const rosa = { name: 'Rosa', address: 'rosa@x.example' }
    const mail = { to: [rosa], cc: [], bcc: [] }
    const fields = () => page.findAll('.addresses')
    const replied = () => calls.find((call) => call.path.endsWith('/replies'))?.body

    async function typeAddress(place: number, text: string): Promise<void> {
      const input = fields()[place]?.find('input')
      await input?.setValue(text)
      await input?.trigger('keydown', { key: 'Enter' })
    }

    async function openMail(change: Record<string, unknown> = {}): Promise<void> {
      await open({ mail, ...change })
      await page.find('[aria-label="Recipients"]').trigger('click')
    }

    it('shows whom it goes to, and sends to whom the writer chose', async () => {
      await openMail()
      expect(fields()[0]?.text()).toContain('Rosa')
      await typeAddress(0, 'Ben <ben@x.example>')
      await fields()[0]?.find('button[aria-label="Remove rosa@x.example"]').trigger('click')
      await typeAddress(1, 'eve@x.example')
      await write('Hello')
      await sendButton().trigger('click')
      await flushPromises()
      expect(replied()).toMatchObject({
        to: [{ name: 'Ben', address: 'ben@x.example' }],
        cc: [{ name: '', address: 'eve@x.example' }],
      })
    })

    it('goes on showing whom it goes to while the ticket changes', async () => {
      await openMail()
      expect(fields()).toHaveLength(3)
      await page.setProps({ ticket: makeTicket({ id, mail, version: 9, subject: 'Another one' }) })
      expect(fields()).toHaveLength(3)
      await page.setProps({ ticket: makeTicket({ id: id + 5_000, mail }) })
      expect(fields()).toHaveLength(0)
    })

    it('leaves untouched recipients to the server', async () => {
      await openMail()
      await write('Hello')
      await sendButton().trigger('click')
      await flushPromises()
      expect(replied()).not.toHaveProperty('to')
    })

    it('does not send while something typed is no address', async () => {
      await openMail()
      await write('Hello')
      await typeAddress(0, 'ben@x.example, eve')
      expect(fields()[0]?.find('input').element.value).toBe('eve')
      await sendButton().trigger('click')
      expect(replied()).toBeUndefined()
      await typeAddress(0, '')
      await sendButton().trigger('click')
      await flushPromises()
      expect(replied()).toBeDefined()
    })

    it('does not send to nobody', async () => {
      await open({ mail: { to: [], cc: [] } })
      await write('Hello')
      expect(page.text()).toContain('Add an address')
      expect(sendButton().attributes('disabled')).toBeDefined()
    })

    it('shows no addresses beside a note', async () => {
      await openMail()
      await page.findAll('[role="tab"]')[1]?.trigger('click')
      expect(fields()).toHaveLength(0)
    })
  })

  describe('with marks', () => {
    const written = () => page.find('.written')

    beforeEach(() => {
      signIn()
      Range.prototype.getClientRects = () => [] as unknown as DOMRectList
      Range.prototype.getBoundingClientRect = () => new DOMRect()
      document.elementFromPoint = () => null
    })

    async function openRich(change: Record<string, unknown> = {}): Promise<void> {
      await open({ mail: { to: [{ name: '', address: 'rosa@x.example' }], cc: [] }, ...change })
      await vi.waitUntil(() => page.find('.written').exists(), { timeout: 10_000 })
    }

    it('sends them beside the text, and empties itself', async () => {
      await openRich({ customer_locale: 'de' })
      expect(written().attributes('lang')).toBe('de')
      Object.assign(draftOf(id, 'reply'), { text: '- a', html: '<ul><li><p>a</p></li></ul>' })
      await flushPromises()
      expect(written().html()).toContain('<li>')
      await sendButton().trigger('click')
      await flushPromises()
      expect(calls.find((call) => call.path.endsWith('/replies'))?.body).toMatchObject({
        text: '- a',
        html: '<ul><li><p>a</p></li></ul>',
      })
      expect(written().text()).toBe('')
    })

    it('are not offered where the customer reads a chat', async () => {
      await open({ reply_by: 'chat' })
      expect(page.find('textarea').exists()).toBe(true)
      expect(page.find('[aria-label="Formatted text"]').exists()).toBe(false)
    })

    it('go where the person wants plain text, and the words stay', async () => {
      await openRich()
      Object.assign(draftOf(id, 'reply'), { text: '- a', html: '<ul><li><p>a</p></li></ul>' })
      await flushPromises()
      signIn({ preferences: { composer: 'plain' } })
      await flushPromises()
      expect(page.find('textarea').element.value).toBe('- a')
      expect(draftOf(id, 'reply').html).toBe('')
    })

    it('shows the signature that will stand below', async () => {
      await openRich()
      await vi.waitUntil(() => page.text().includes('Lu, Support'))
    })
  })

  it('is not there for those who may only read', async () => {
    signIn({}, ['tickets.read'])
    await open()
    expect(page.find('textarea').exists()).toBe(false)
  })
})
