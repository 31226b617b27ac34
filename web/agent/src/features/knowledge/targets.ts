import { api, type CannedReply, type GuidanceCard, type Id, type Macro, type WordingTarget } from '@api'

export const TARGETS = ['canned_reply', 'macro', 'guidance_card'] as const
export type TargetKind = WordingTarget['target_kind']

export interface Choice {
  id: Id
  title: string
}

const LISTS: Record<TargetKind, string> = {
  canned_reply: '/canned-replies',
  macro: '/macros',
  guidance_card: '/guidance-cards',
}

type Row = (CannedReply | Macro | GuidanceCard) & { scope?: string; words?: { locale: string }[] }

/** What may say an article's wording: shared replies and macros, and cards with words in its language. */
export async function fetchChoices(
  kind: TargetKind,
  locale: string,
  signal?: AbortSignal,
): Promise<Choice[]> {
  const { items } = await api.get<{ items: Row[] }>(LISTS[kind], signal)
  return items
    .filter((one) => one.scope !== 'own')
    .filter((one) => !one.words || one.words.some((each) => each.locale === locale))
    .map((one) => ({ id: one.id, title: 'name' in one ? one.name : one.title }))
}

/** Choices without the places that say the wording already. */
export function free(choices: Choice[], kind: TargetKind, targets: WordingTarget[]): Choice[] {
  const taken = new Set(targets.filter((one) => one.target_kind === kind).map((one) => one.target_id))
  return choices.filter((one) => !taken.has(one.id))
}
