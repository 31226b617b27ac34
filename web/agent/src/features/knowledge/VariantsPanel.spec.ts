import type { Article } from '@api'
import { flushPromises, type VueWrapper } from '@vue/test-utils'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { loadWords } from '@/i18n'
import { queryClient } from '@/shared/queryClient'
import { mountPage, signIn } from '@/testing/mount'
import { serve, type Call } from '@/testing/server'
import VariantsPanel from './VariantsPanel.vue'

const PATH = '/knowledge/articles/5/variants'
const angry = { id: 1, locale: 'en', listener: 'angry', channel: null, text: 'I am truly sorry.', uses: 3 }
const elderly = { ...angry, id: 2, locale: 'zh-CN', listener: 'elderly', text: '您慢慢说。' }
const version = { state: 'published', locale: 'en', plain: 'It will come.' }

let page: VueWrapper
let calls: Call[]

async function open(permissions = ['guidance.manage'], versions: object[] = [version]): Promise<void> {
  signIn({}, permissions)
  calls = serve({
    [`GET ${PATH}`]: { body: { items: [angry, elderly] } },
    [`PUT ${PATH}`]: { body: { items: [] } },
  })
  await loadWords('knowledge', 'guidance', 'form', 'care')
  const article = { id: 5, kind: 'script', archived_at: null, versions } as unknown as Article
  page = await mountPage(VariantsPanel, { article, language: 'en' })
  await flushPromises()
}
const press = async (name: string): Promise<void> => {
  await page
    .findAll('button')
    .find((one) => one.text() === name || one.attributes('aria-label') === name)
    ?.trigger('click')
  await flushPromises()
}
const sent = () =>
  (calls.find((one) => one.method === 'PUT')?.body as { items: { text: string }[] } | undefined)?.items

afterEach(() => {
  page.unmount()
  queryClient.clear()
  vi.unstubAllGlobals()
})

describe('VariantsPanel', () => {
  it('shows the wordings of the language, how often they were used, and the script’s own words', async () => {
    await open()
    for (const words of ['I am truly sorry.', 'used 3 times', 'It will come.'])
      expect(page.text()).toContain(words)
    expect(page.text()).not.toContain('您慢慢说')
  })

  it('changes a wording where it stands and leaves the other languages alone', async () => {
    await open()
    await press('Change the wording: Angry')
    await page.find('textarea').setValue('We are truly sorry.')
    await page.find('form').trigger('submit')
    await flushPromises()
    expect(sent()?.map((one) => one.text)).toEqual(['您慢慢说。', 'We are truly sorry.'])
    expect(page.find('form').exists()).toBe(false)
  })

  it('begins a new one for a listener without a wording, and keeps none without words or twice', async () => {
    await open()
    await press('Add a wording')
    expect(page.find('select').element.value).toBe('anxious')
    expect(page.find('[type=submit]').attributes('disabled')).toBeDefined()
    await page.find('textarea').setValue('It is on its way.')
    expect(page.find('[type=submit]').attributes('disabled')).toBeUndefined()
    await page.find('select').setValue('angry')
    expect(page.find('[role=alert]').text()).toContain('There is a wording for this listener')
    await page.find('form').trigger('submit')
    expect(sent()).toBeUndefined()
  })

  it('takes a wording away', async () => {
    await open()
    await press('Remove the wording: Angry')
    expect(sent()?.map((one) => one.text)).toEqual(['您慢慢说。'])
  })

  it('lets nobody write who may not', async () => {
    await open(['knowledge.write'])
    expect(page.text()).toContain('I am truly sorry.')
    expect(page.findAll('button')).toHaveLength(0)
  })

  it('says what to do before the script is published', async () => {
    await open(['guidance.manage'], [{ ...version, state: 'draft' }])
    expect(page.text()).toContain('Publish the script')
    expect(calls).toEqual([])
  })
})
