import { mount } from '@vue/test-utils'
import { describe, expect, it } from 'vitest'
import { i18n } from '@/i18n'
import ListSearch from './ListSearch.vue'

function search(modelValue = 'pump') {
  const found = mount(ListSearch, { props: { modelValue }, global: { plugins: [i18n] } })
  return { found, input: found.get('input') }
}

describe('ListSearch', () => {
  it.each([
    ['ArrowDown', {}, 'move', [1]],
    ['ArrowUp', {}, 'move', [-1]],
    ['Enter', {}, 'open', []],
    ['Enter', { ctrlKey: true }, 'openWhole', []],
    ['Enter', { metaKey: true }, 'openWhole', []],
    ['Escape', {}, 'update:modelValue', ['']],
  ] as const)('%s %j says %s', async (key, held, event, wanted) => {
    const { found, input } = search()
    await input.trigger('keydown', { key, ...held })
    expect(found.emitted(event)?.at(-1)).toEqual(wanted)
  })

  it('leaves letters and the keys of an input method alone', async () => {
    const { found, input } = search()
    await input.trigger('keydown', { key: 'a' })
    await input.trigger('keydown', { key: 'Enter', isComposing: true })
    expect(Object.keys(found.emitted()).filter((name) => name !== 'keydown')).toEqual([])
  })

  it('is cleared by its button, which stands there only with a text', async () => {
    const { found } = search()
    await found.get('button').trigger('click')
    expect(found.emitted('update:modelValue')?.at(-1)).toEqual([''])
    expect(search('').found.find('button').exists()).toBe(false)
  })
})
