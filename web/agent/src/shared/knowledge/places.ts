import type { Id, KnowledgeFinding } from '@api'

export type PlaceKind = KnowledgeFinding['found_kind']

const PATHS: Record<Exclude<PlaceKind, 'script_variant'>, (id: Id) => string> = {
  article: (id) => `/knowledge/${String(id)}`,
  block: (id) => `/knowledge/frame?part=blocks&open=${String(id)}`,
  canned_reply: (id) => `/settings/canned-replies?open=${String(id)}`,
  macro: (id) => `/settings/macros?open=${String(id)}`,
  guidance_card: (id) => `/settings/guidance/${String(id)}`,
  notice: (id) => `/notices/${String(id)}`,
}

/** Where a text that quotes knowledge is changed; null where nobody knows. */
export function placePath(kind: PlaceKind, id: Id, scriptId?: Id | null, locale = ''): string | null {
  if (kind !== 'script_variant') return PATHS[kind](id)
  return scriptId ? `/knowledge/${String(scriptId)}?part=wordings&in=${locale}` : null
}

export interface Group {
  key: string
  /** What was changed, and where it is read. */
  title: string
  path: string | null
  items: KnowledgeFinding[]
}

/** Findings by what changed: an article's stand together, and so do those of a block or variable. */
export function byChange(findings: KnowledgeFinding[]): Group[] {
  const groups = new Map<string, Group>()
  for (const one of findings) {
    const key = one.article_id ? String(one.article_id) : one.source
    const path = one.article_id ? placePath('article', one.article_id) : null
    const group = groups.get(key) ?? { key, title: one.title || one.source, path, items: [] }
    group.items.push(one)
    groups.set(key, group)
  }
  return [...groups.values()]
}
