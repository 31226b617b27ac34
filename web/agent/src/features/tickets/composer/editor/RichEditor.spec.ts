import { flushPromises, type VueWrapper } from '@vue/test-utils'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { mountPage, signIn } from '@/testing/mount'
import { uploadedFile, type UploadState } from '../uploads'
import type { WritingField, WrittenText } from './field'
import RichEditor from './RichEditor.vue'

let page: VueWrapper
const written = (): WrittenText | undefined => page.emitted<[WrittenText]>('write')?.at(-1)?.[0]
const field = (): WritingField => page.vm as unknown as WritingField
const shown = (): string => page.find('.written').element.innerHTML
const button = (name: string) => page.find(`[aria-label="${name}"]`)

async function open(change: Record<string, unknown> = {}): Promise<void> {
  const props = { text: '', html: '', files: [], label: 'Reply', placeholder: 'Write', lang: '' }
  page = await mountPage(RichEditor, { ...props, ...change })
  await flushPromises()
}

const upload = (change: Partial<UploadState>): UploadState => ({
  ...uploadedFile({ id: 0, name: 'leak.png', size: 9, url: 'blob:leak' }),
  key: 'k1',
  fileId: null,
  isPicture: true,
  ...change,
})

beforeEach(() => {
  signIn()
  // what jsdom does not lay out
  Range.prototype.getClientRects = () => [] as unknown as DOMRectList
  Range.prototype.getBoundingClientRect = () => new DOMRect()
  document.elementFromPoint = () => null
})
afterEach(() => {
  page.unmount()
  vi.unstubAllGlobals()
})

describe('RichEditor', () => {
  it('is a text field with a name in the language of the customer', async () => {
    await open({ lang: 'de' })
    const attributes = page.find('.written').attributes()
    expect(attributes).toMatchObject({ role: 'textbox', 'aria-label': 'Reply', lang: 'de' })
  })

  it('says nothing of marks where the text says it all', async () => {
    await open({ text: 'Dear Rosa,\n\nbye' })
    expect(shown()).toContain('<p>Dear Rosa,</p>')
    field().insert('!', '')
    expect(written()?.html).toBe('')
  })

  it('tells its marks and the text with them', async () => {
    await open({ text: 'Soon' })
    await button('List').trigger('click')
    expect(written()).toEqual({ text: '- Soon', html: '<ul><li><p>Soon</p></li></ul>' })
    expect(button('List').attributes('aria-pressed')).toBe('true')
  })

  it('goes from heading to heading and back to a paragraph', async () => {
    await open({ text: 'Title' })
    for (const tag of ['h1', 'h2', 'h3', 'p']) {
      await button('Heading').trigger('click')
      expect(page.find(`.written ${tag}`).text()).toBe('Title')
    }
  })

  it('shows what was put in from outside, and not what it said itself again', async () => {
    await open({ text: 'a' })
    await page.setProps({ text: 'b', html: '<p><strong>b</strong></p>' })
    expect(shown()).toContain('<strong>b</strong>')
    expect(written()).toBeUndefined()
  })

  it.each([
    '<p onclick="x()">a</p><script>x()</scr' + 'ipt>',
    '<img src="x" onerror="x()"><p>a</p>',
    '<p><a href="javascript:x()">a</a></p>',
    '<p style="background:url(https://evil.example)">a</p><iframe src="https://evil.example"></iframe>',
  ])('draws nothing that runs: %s', async (html) => {
    await open({ text: 'a', html })
    expect(shown()).not.toMatch(/onclick|onerror|script|iframe|evil|style=/)
  })

  it('takes and leaves the focus at once, so that no key falls into the wrong place', async () => {
    await open({ text: 'Soon' })
    const written = page.find('.written').element
    field().focus()
    expect(document.activeElement).toBe(written)
    field().blur()
    expect(document.activeElement).not.toBe(written)
    field().selectGap({ name: 'agent.name', from: 0, to: 0 }, 0)
    expect(document.activeElement).toBe(written)
  })

  it('puts a canned reply in place of the sign that opened the list, line by line', async () => {
    await open({ text: '/' })
    field().focus()
    field().insert('Dear Rosa,\n\nbye', '/')
    expect(written()?.text).toBe('Dear Rosa,\n\nbye')
  })

  it('selects what is left open', async () => {
    await open({ text: 'Dear {{customer.name}}, {{agent.name}}' })
    field().selectGap({ name: 'agent.name', from: 0, to: 0 }, 1)
    field().insert('Lu', '')
    expect(written()?.text).toBe('Dear {{customer.name}}, Lu')
  })

  it('puts other words in the place of some, signs and all, and leaves the rest', async () => {
    await open({ text: 'Hello. We call (asap). Bye.' })
    field().replace('We call (asap)', 'We write within 1 day')
    expect(written()?.text).toBe('Hello. We write within 1 day. Bye.')
    field().replace('not there', 'x')
    expect(written()?.text).toBe('Hello. We write within 1 day. Bye.')
  })

  it('shows a picture at once and gives it the name of its file later', async () => {
    await open({ text: '', files: [upload({})] })
    field().insertPicture('k1', 'leak.png')
    expect(shown()).toContain('src="blob:leak"')
    expect(page.find('img.uploading').exists()).toBe(true)
    await page.setProps({ files: [upload({ fileId: 7 })] })
    expect(written()).toEqual({ text: '[leak.png]', html: '<p><img src="cid:file-7" alt="leak.png"></p>' })
    expect(page.find('img.uploading').exists()).toBe(false)
  })

  it('takes a picture out that could not be kept', async () => {
    await open({ text: '', files: [upload({})] })
    field().insertPicture('k1', 'leak.png')
    await page.setProps({ files: [upload({ problem: 'too large' })] })
    expect(written()).toEqual({ text: '', html: '' })
  })

  it('makes a link, and refuses one that runs', async () => {
    await open({ text: '' })
    await button('Link').trigger('click')
    await flushPromises()
    const input = document.querySelector<HTMLInputElement>('form.link input')
    const send = (text: string): void => {
      if (!input) throw new Error('no field for the address')
      input.value = text
      input.dispatchEvent(new Event('input'))
      input.form?.dispatchEvent(new Event('submit'))
    }
    send('javascript:alert(1)')
    await flushPromises()
    expect(written()).toBeUndefined()
    send('x.example/a')
    await flushPromises()
    expect(written()?.html).toBe('<p><a href="https://x.example/a">x.example/a</a></p>')
  })

  it('passes keys on and leaves those alone that were used', async () => {
    await open({ text: 'a' })
    await page.find('.written').trigger('keydown', { key: 'Enter', ctrlKey: true })
    expect(page.emitted('press')).toHaveLength(1)
  })
})
