import { api, type Id, type ShownArticle } from '@api'

/** An article whose words stand in an answer. */
export interface Used {
  article_id: Id
  version_id: Id
}

/** Articles that were put into the reply that is being written, by ticket. */
const written = new Map<Id, Used[]>()
/** Articles of answers that may still be taken back. */
const sent = new Map<Id, Used[]>()

export function useInReply(ticketId: Id, article: Pick<ShownArticle, 'id' | 'version_id'>): void {
  restoreUses(ticketId, [{ article_id: article.id, version_id: article.version_id }])
}

/** What the reply that leaves the composer says of articles; the next one begins anew. */
export function takeUses(ticketId: Id): Used[] {
  const found = written.get(ticketId) ?? []
  written.delete(ticketId)
  return found
}

/** Put back what was taken with a reply that did not go out. */
export function restoreUses(ticketId: Id, uses: Used[]): void {
  const others = (written.get(ticketId) ?? []).filter(
    (one) => !uses.some((again) => again.article_id === one.article_id),
  )
  if (uses.length || others.length) written.set(ticketId, [...others, ...uses])
}

/** The answer came back into the composer, and its articles with it. */
export function returnUses(ticketId: Id, entryId: Id): void {
  restoreUses(ticketId, sent.get(entryId) ?? [])
  sent.delete(entryId)
}

/** Say that articles went into an answer; that it cannot be counted is no reason to stop anybody. */
export function noteUses(ticketId: Id, uses: Used[], entryId?: Id): void {
  if (!uses.length) return
  if (entryId) sent.set(entryId, uses)
  for (const one of uses) {
    const body = { ...one, ticket_id: ticketId, ...(entryId ? { entry_id: entryId } : {}) }
    void api.post('/article-uses', body).catch(() => undefined)
  }
}
