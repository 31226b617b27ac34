import { i18n } from '@/i18n'
import { mount } from '@vue/test-utils'
import { describe, expect, it, vi } from 'vitest'
import { defineComponent, h, ref } from 'vue'
import CodeField from './CodeField.vue'

function page(complete: (code: string) => void) {
  const Parent = defineComponent(() => {
    const code = ref('')
    return () =>
      h(CodeField, {
        label: 'Code',
        modelValue: code.value,
        'onUpdate:modelValue': (next: string) => (code.value = next),
        onComplete: complete,
      })
  })
  return mount(Parent, { global: { plugins: [i18n] } }).get('input')
}

describe('CodeField', () => {
  it('sends with the sixth digit, once, and what was typed', async () => {
    const complete = vi.fn()
    const input = page(complete)
    for (const typed of ['1', '12', '123', '1234', '12345']) await input.setValue(typed)
    expect(complete).not.toHaveBeenCalled()
    await input.setValue('123456')
    expect(complete.mock.calls).toEqual([['123456']])
  })

  it('takes a code as phones paste it: with a gap, or in full-width digits', async () => {
    const complete = vi.fn()
    await page(complete).setValue('123 456')
    await page(complete).setValue('\uff11\uff12\uff13\uff14\uff15\uff16')
    expect(complete.mock.calls).toEqual([['123456'], ['123456']])
  })

  it('leaves letters and a seventh digit out', async () => {
    const input = page(() => undefined)
    await input.setValue('12ab34567')
    expect((input.element as HTMLInputElement).value).toBe('123456')
  })
})
