import { mount, type VueWrapper } from '@vue/test-utils'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { nextTick } from 'vue'
import PickerMenu from './PickerMenu.vue'
import type { PickerOption } from './picker'

const options: PickerOption[] = [
  { key: 'a', label: 'Amelia', hint: 'Online' },
  { key: 'b', label: 'Bruno', isChecked: true },
  { key: 'c', label: 'Chen', isDisabled: true },
]

let picker: VueWrapper

async function open(props: Record<string, unknown> = {}): Promise<void> {
  picker = mount(PickerMenu, {
    props: { show: true, options, label: 'Assign', emptyText: 'Nobody', ...props },
    slots: { default: '<button>open</button>' },
    attachTo: document.body,
  })
  await nextTick()
  vi.runAllTimers()
  await nextTick()
}

const field = (): HTMLInputElement => document.querySelector('input[role="combobox"]') as HTMLInputElement
const labels = (): string[] =>
  [...document.querySelectorAll('[role="option"] .label')].map((one) => one.textContent ?? '')

async function type(text: string): Promise<void> {
  field().value = text
  field().dispatchEvent(new Event('input'))
  await nextTick()
}

async function press(key: string): Promise<void> {
  field().dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }))
  await nextTick()
}

beforeEach(() => {
  vi.useFakeTimers()
  Element.prototype.scrollIntoView = () => undefined
})
afterEach(() => {
  picker.unmount()
  vi.useRealTimers()
  document.body.innerHTML = ''
})

describe('PickerMenu', () => {
  it('begins at the present choice', async () => {
    await open()
    expect(document.querySelector('[aria-selected="true"] .label')?.textContent).toBe('Bruno')
  })

  it('filters by label and hint', async () => {
    await open()
    await type('onl')
    expect(labels()).toEqual(['Amelia'])
  })

  it('says what to do when nothing fits', async () => {
    await open()
    await type('zz')
    expect(document.querySelector('.none')?.textContent).toBe('Nobody')
  })

  it('picks with the keyboard and closes', async () => {
    await open()
    await press('ArrowUp')
    await press('Enter')
    expect(picker.emitted('pick')).toEqual([['a']])
    expect(picker.emitted('update:show')).toEqual([[false]])
  })

  it('does not pick what is disabled', async () => {
    await open()
    await press('ArrowDown')
    await press('Enter')
    expect(picker.emitted('pick')).toBeUndefined()
  })

  it('stays open for several choices', async () => {
    await open({ isMultiple: true })
    await press('Enter')
    expect(picker.emitted('pick')).toEqual([['a']])
    expect(picker.emitted('update:show')).toBeUndefined()
  })

  it('offers to make what is not there', async () => {
    await open({ createText: (typed: string) => `New ${typed}` })
    await type('Zoe')
    expect(labels()).toEqual(['New Zoe'])
    await press('Enter')
    expect(picker.emitted('create')).toEqual([['Zoe']])
  })

  it('closes on Escape without picking, and keeps the key to itself', async () => {
    const outside = vi.fn()
    window.addEventListener('keydown', outside)
    await open()
    await press('Escape')
    expect(picker.emitted('update:show')).toEqual([[false]])
    expect(outside).not.toHaveBeenCalled()
    window.removeEventListener('keydown', outside)
  })
})
