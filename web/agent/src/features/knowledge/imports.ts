import { uploadFiles, type ImportOptions, type KnowledgeImport } from '@api'

/** What a column of a table may hold; '': it is not taken over. */
export const MEANINGS = [
  '',
  'title',
  'body',
  'summary',
  'keywords',
  'questions',
  'kind',
  'locale',
  'category',
  'audience',
  'slug',
  'review_by',
] as const

/** All options of an import: what the server need not be told stands here all the same. */
export type Chosen = Required<ImportOptions>

export const fresh = (locale: string): Chosen => ({
  kind: 'article',
  locale: locale === 'zh-CN' ? 'zh-CN' : 'en',
  audience: 'agents',
  team_ids: [],
  category_id: null,
  brand_id: null,
  columns: [],
  is_published: false,
})

export const toneOf = (state: string): 'plain' | 'good' | 'warn' | 'info' =>
  state === 'done' ? 'good' : state === 'undone' ? 'warn' : state === 'running' ? 'info' : 'plain'

export function sendFile(file: File, options: ImportOptions): Promise<KnowledgeImport> {
  const said = new File([JSON.stringify(options)], 'options.json', { type: 'application/json' })
  return uploadFiles<KnowledgeImport>('/knowledge/imports', { file, options: said }, () => undefined)
}

/** Why something is no article: a word, and what it is about. */
export function problemOf(problem: string): { word: string; about: string } {
  const [word = '', ...rest] = problem.split(':')
  return { word, about: rest.join(':') }
}
