import { flushPromises, type VueWrapper } from '@vue/test-utils'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { loadWords } from '@/i18n'
import { mountPage, signIn } from '@/testing/mount'
import { serve } from '@/testing/server'
import DeskRulesForm from './DeskRulesForm.vue'

async function show(): Promise<VueWrapper> {
  signIn()
  await loadWords('settings', 'form')
  return mountPage(DeskRulesForm, {
    rules: { reopen_days: 14, undo_seconds: 10, checklist_holds: false, children_hold: 'ask' },
  })
}

afterEach(() => vi.unstubAllGlobals())

describe('DeskRulesForm', () => {
  it('says what a rule of nothing means', async () => {
    const page = await show()
    expect(page.text()).not.toContain('leaves at once')
    await page.findAll('input')[1]?.setValue('0')
    await page.findAll('input')[1]?.trigger('blur')
    expect(page.text()).toContain('leaves at once')
  })

  it('saves both rules', async () => {
    const calls = serve({
      'PATCH /desk': {
        body: { reopen_days: 30, undo_seconds: 10, checklist_holds: false, children_hold: 'ask' },
      },
    })
    const page = await show()
    await page.findAll('input')[0]?.setValue('30')
    await page.findAll('input')[0]?.trigger('blur')
    await page.findAll('button').at(-1)?.trigger('click')
    await flushPromises()
    expect(calls[0]?.body).toEqual({
      reopen_days: 30,
      undo_seconds: 10,
      checklist_holds: false,
      children_hold: 'ask',
    })
    expect(page.find('.bar').exists()).toBe(false)
  })
})
