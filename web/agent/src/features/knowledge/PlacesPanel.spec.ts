import type { Article } from '@api'
import { flushPromises, type VueWrapper } from '@vue/test-utils'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { loadWords } from '@/i18n'
import { queryClient } from '@/shared/queryClient'
import { mountPage, signIn } from '@/testing/mount'
import { serve, type Call } from '@/testing/server'
import PlacesPanel from './PlacesPanel.vue'

const BASE = '/knowledge/articles/5'
const finding = {
  id: 9,
  kind: 'quote',
  article_id: 5,
  title: 'Returns',
  locale: 'en',
  source: '',
  found_kind: 'script_variant',
  found_id: 2,
  found_title: 'Calming',
  found_locale: 'en',
  how: 'sentence',
  passage: 'Within 7 days.',
  found_passage: 'You may: within 7 days.',
  at: '2026-11-23T08:00:00Z',
  settled_at: null,
  settled_by_name: null,
  verdict: null,
  found_script_id: 30,
}
const quote = {
  kind: 'macro',
  id: 4,
  title: 'Late parcel',
  locale: 'en',
  how: 'sentence',
  passage: 'Tell them so.',
  said: 'Tell them so.',
  script_id: null,
}
const target = {
  id: 1,
  locale: 'en',
  target_kind: 'macro',
  target_id: 4,
  title: 'Late parcel',
  is_current: false,
}
const published = [{ state: 'published', locale: 'en' }]

let page: VueWrapper
let calls: Call[]

async function open(permissions: string[], versions: object[] = published): Promise<void> {
  signIn({}, permissions)
  const replies = { items: [{ id: 7, title: 'Return', scope: 'all' }] }
  calls = serve({
    'GET /knowledge/reports/findings': { body: { items: [finding] } },
    'PUT /knowledge/findings/9/verdict': { status: 204 },
    [`GET ${BASE}/quotes`]: { body: { items: [quote] } },
    [`GET ${BASE}/wording-targets`]: { body: { items: [target] } },
    [`POST ${BASE}/wording-targets`]: { status: 201, body: { items: [target] } },
    [`DELETE ${BASE}/wording-targets/1`]: { status: 204 },
    'GET /canned-replies': { body: replies },
    'GET /macros': { body: { items: [{ id: 4, title: 'Late parcel', scope: 'all' }] } },
  })
  await loadWords('knowledge', 'guidance', 'form', 'care')
  const article = { id: 5, kind: 'script', archived_at: null, versions } as unknown as Article
  page = await mountPage(PlacesPanel, { article, language: 'en' })
  await flushPromises()
}
const press = async (name: string): Promise<void> => {
  await page
    .findAll('button')
    .find((one) => one.text() === name || one.attributes('aria-label') === name)
    ?.trigger('click')
  await flushPromises()
}
const sent = () => calls.filter((one) => one.method !== 'GET').map((one) => [one.method, one.path, one.body])
const links = () => page.findAll('a').map((one) => one.attributes('href'))

afterEach(() => {
  page.unmount()
  queryClient.clear()
  vi.unstubAllGlobals()
})

describe('PlacesPanel', () => {
  it('leads to what is stale and to what quotes, each where it is written', async () => {
    await open(['knowledge.care'])
    expect(page.text()).toContain('To check · 1')
    expect(links()).toEqual(['/knowledge/30?part=wordings&in=en', '/settings/macros?open=4'])
  })

  it('takes the word of who looked at it', async () => {
    await open(['knowledge.care'])
    await press('Still right')
    expect(sent()).toEqual([['PUT', '/knowledge/findings/9/verdict', { verdict: 'fine' }]])
  })

  it('shows who only writes what quotes it, and asks for nothing else', async () => {
    await open(['knowledge.write'])
    expect(page.text()).toContain('Late parcel')
    expect(calls.map((one) => one.path)).toEqual([`${BASE}/quotes`])
  })

  it('ties a place, says that its words are replaced, and offers no place twice', async () => {
    await open(['guidance.manage'])
    expect(page.text()).toContain('Not as published')
    await press('Add a place')
    const [kind, which] = page.findAll('select')
    await which?.setValue('7')
    expect(page.find('[role=status]').text()).toContain('is replaced')
    await kind?.setValue('macro')
    await flushPromises()
    expect(page.find('[type=submit]').attributes('disabled')).toBeDefined()
    expect(page.text()).toContain('None is left')
    await kind?.setValue('canned_reply')
    await page.find('form').trigger('submit')
    await flushPromises()
    const body = { locale: 'en', target_kind: 'canned_reply', target_id: null }
    expect(sent()).toEqual([['POST', `${BASE}/wording-targets`, body]])
  })

  it('lets a place go', async () => {
    await open(['guidance.manage'])
    await press('Let Late parcel go')
    expect(sent()).toEqual([['DELETE', `${BASE}/wording-targets/1`, undefined]])
  })

  it('says when nobody can quote it yet', async () => {
    await open(['knowledge.care'], [{ state: 'draft', locale: 'en' }])
    expect(page.text()).toContain('As soon as it is published')
  })
})
