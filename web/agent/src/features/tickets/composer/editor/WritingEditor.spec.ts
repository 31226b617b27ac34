import { flushPromises, type VueWrapper } from '@vue/test-utils'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { defineComponent, h, reactive, ref } from 'vue'
import { mountPage, signIn } from '@/testing/mount'
import type { WritingField, WrittenText } from './field'

let page: VueWrapper
const draft = reactive<WrittenText & { isRich: boolean }>({ text: '', html: '', isRich: true })

/** As whoever uses it does: what is written comes back as the text that is shown. Loaded anew, as after a fresh start. */
async function open(): Promise<WritingField> {
  vi.resetModules()
  const { default: WritingEditor } = await import('./WritingEditor.vue')
  const field = ref<WritingField>()
  const rest = { files: [], label: 'Reply', placeholder: 'Write', lang: '' }
  const write = (written: WrittenText): void => void Object.assign(draft, written)
  const holder = defineComponent({
    setup: () => () => h(WritingEditor, { ...draft, ...rest, ref: field, onWrite: write }),
  })
  page = await mountPage(holder, {})
  return field.value as WritingField
}

const plain = () => page.find('textarea')
const marked = () => page.find('.written')
const untilMarked = () => vi.waitFor(() => expect(marked().exists()).toBe(true))

beforeEach(() => {
  signIn()
  Object.assign(draft, { text: '', html: '', isRich: true })
  Range.prototype.getClientRects = () => [] as unknown as DOMRectList
  Range.prototype.getBoundingClientRect = () => new DOMRect()
  document.elementFromPoint = () => null
})
afterEach(() => page.unmount())

describe('WritingEditor', () => {
  it('takes words before the editor of marks is there, and hands them and the focus over', async () => {
    const field = await open()
    field.focus()
    expect(document.activeElement).toBe(plain().element)
    await plain().setValue('We call you.')
    await untilMarked()
    await flushPromises()
    expect(marked().text()).toBe('We call you.')
    expect(document.activeElement).toBe(marked().element)
  })

  it('does not take the field away in the middle of a word that is being composed', async () => {
    await open()
    await plain().trigger('compositionstart')
    await import('./RichEditor.vue')
    await flushPromises()
    expect(marked().exists()).toBe(false)
    await plain().trigger('compositionend')
    await untilMarked()
  })

  it('keeps marks from words that would flatten them', async () => {
    Object.assign(draft, { text: 'Soon', html: '<p><b>Soon</b></p>' })
    await open()
    expect(plain().attributes('readonly')).toBeDefined()
    await untilMarked()
    expect(marked().html()).toContain('<strong>Soon</strong>')
  })

  it('stays plain for whoever writes without marks', async () => {
    draft.isRich = false
    await open()
    await flushPromises()
    expect(plain().exists()).toBe(true)
    draft.isRich = true
    await untilMarked()
    draft.isRich = false
    await flushPromises()
    expect(plain().exists()).toBe(true)
  })
})
