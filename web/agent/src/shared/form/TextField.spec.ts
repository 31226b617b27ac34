import { i18n } from '@/i18n'
import { mount } from '@vue/test-utils'
import { describe, expect, it } from 'vitest'
import { h } from 'vue'
import TextField from './TextField.vue'

const input = (props: Record<string, unknown>): Element => {
  const page = mount(
    { render: () => h(TextField, { label: 'Word', modelValue: 'x', ...props }) },
    { global: { plugins: [i18n] } },
  )
  return page.get('input, textarea').element
}

describe('TextField', () => {
  it('never shows a password by itself', () => {
    expect(input({ type: 'password' }).getAttribute('type')).toBe('password')
  })

  it('tells phones which keyboard to show', () => {
    expect(input({ type: 'email' }).getAttribute('type')).toBe('email')
    expect(input({ type: 'url' }).getAttribute('type')).toBe('url')
  })

  it('becomes a text area with rows', () => expect(input({ rows: 3 }).tagName).toBe('TEXTAREA'))

  it('is tied to its label and to what is wrong', () => {
    const field = input({ error: 'Wrong' })
    expect(field.id).toBeTruthy()
    expect(field.getAttribute('aria-invalid')).toBe('true')
    expect(field.getAttribute('aria-describedby')).toBe(`${field.id}-more`)
  })
})
