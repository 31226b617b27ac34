import { api, ApiError, type Article, type ArticleVersion } from '@api'
import { computed, onBeforeUnmount, reactive, ref, watch, type Ref } from 'vue'
import { i18n } from '@/i18n'
import { errorText } from '@/shared/errorText'
import { renew } from './data'

export interface Written {
  title: string
  summary: string
  keywords: string
  questions: string
  body: string
}

const SAVE_AFTER_MS = 1_200
const PARTS: (keyof Written)[] = ['title', 'summary', 'keywords', 'questions', 'body']

export const wordsOf = (version: ArticleVersion | undefined): Written => ({
  title: version?.title ?? '',
  summary: version?.summary ?? '',
  keywords: version?.keywords ?? '',
  questions: version?.questions ?? '',
  body: version?.body ?? '',
})

/**
 * The words of one language as they are written: saved by themselves, one saving after the other, and never over
 * somebody else's without being told to.
 */
export function useDraft(article: Ref<Article>, locale: Ref<string>) {
  const of = (states: string[]): ArticleVersion | undefined =>
    article.value.versions.find((one) => one.locale === locale.value && states.includes(one.state))
  const begun = of(['draft', 'review']) ?? of(['published'])
  const written = reactive<Written>(wordsOf(begun))
  const state = ref<'clean' | 'dirty' | 'saving' | 'saved' | 'failed' | 'conflict'>('clean')
  const problem = ref('')
  let kept = JSON.stringify(written)
  let revision = of(['draft', 'review'])?.revision ?? null
  let timer = 0
  let running: Promise<void> = Promise.resolve()
  const path = (): string => `/knowledge/articles/${String(article.value.id)}/drafts/${locale.value}`

  async function send(): Promise<void> {
    const now = JSON.stringify(written)
    if (now === kept || !written.title.trim() || state.value === 'conflict') return
    state.value = 'saving'
    try {
      const made = await api.put<ArticleVersion>(path(), { ...written, revision })
      revision = made.revision
      kept = now
      state.value = JSON.stringify(written) === now ? 'saved' : 'dirty'
      problem.value = ''
      renew()
    } catch (error) {
      const isConflict = error instanceof ApiError && error.code === 'draft_saved_meanwhile'
      state.value = isConflict ? 'conflict' : 'failed'
      problem.value = errorText(error)
    }
  }

  /** Save what is not saved yet; whoever waits for it knows that it is. */
  async function save(): Promise<boolean> {
    window.clearTimeout(timer)
    running = running.then(send)
    await running
    return state.value !== 'failed' && state.value !== 'conflict'
  }

  /** Save over what somebody else wrote meanwhile. */
  async function saveOver(): Promise<void> {
    revision = null
    state.value = 'dirty'
    await save()
  }

  /** Take what is on the server in place of what was written here. */
  function takeTheirs(): void {
    const theirs = of(['draft', 'review'])
    Object.assign(written, wordsOf(theirs))
    kept = JSON.stringify(written)
    revision = theirs?.revision ?? null
    state.value = 'clean'
    problem.value = ''
  }

  watch(written, () => {
    if (JSON.stringify(written) === kept || state.value === 'conflict') return
    if (state.value !== 'saving') state.value = 'dirty'
    window.clearTimeout(timer)
    timer = window.setTimeout(() => void save(), SAVE_AFTER_MS)
  })
  onBeforeUnmount(() => void save())

  const words = computed(() => {
    const { t } = i18n.global
    return state.value === 'clean' ? '' : t(`knowledge.save.${state.value}`)
  })
  return {
    written,
    state,
    problem,
    words,
    save,
    saveOver,
    takeTheirs,
    isNewLanguage: begun === undefined,
    parts: PARTS,
  }
}
