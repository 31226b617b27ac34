import { api, type Id, type ScriptVariant, type ScriptVariantIn } from '@api'

/** Who hears several at once is spoken to by the first of these. */
export const LISTENERS = ['angry', 'anxious', 'elderly', 'vip', 'business', 'anyone'] as const
export const CHANNELS = ['email', 'chat', 'form', 'api'] as const
export type Wording = Required<ScriptVariantIn>

/** What makes a wording one of its kind: no script has two for the same listener, language and channel. */
export const keyOf = (one: Pick<Wording, 'locale' | 'listener' | 'channel'>): string =>
  [one.locale, one.listener, one.channel ?? ''].join(' ')

export const written = (one: Wording): Wording => {
  const { locale, listener, channel, text } = one
  return { locale, listener, channel, text }
}

/** Wordings of a language, in the order in which a listener's is looked for; those of one channel first. */
export function ordered(items: ScriptVariant[], locale: string): ScriptVariant[] {
  return items
    .filter((one) => one.locale === locale)
    .sort(
      (a, b) =>
        LISTENERS.indexOf(a.listener) - LISTENERS.indexOf(b.listener) ||
        Number(a.channel === null) - Number(b.channel === null) ||
        a.id - b.id,
    )
}

/** The listener that a new wording is most likely for: the first that has none for every channel. */
export function nextListener(items: ScriptVariant[], locale: string): Wording['listener'] {
  const taken = items.filter((one) => one.locale === locale && one.channel === null)
  return LISTENERS.find((each) => taken.every((one) => one.listener !== each)) ?? 'anyone'
}

/** What is wrong with a wording beside the others, as a word key; '' if it can be kept. `was` is what it replaces. */
export function problemOf(one: Wording, items: ScriptVariant[], was: Wording | null): '' | 'empty' | 'twice' {
  if (!one.text.trim()) return 'empty'
  const own = was && keyOf(was)
  const isTaken = items.some((each) => keyOf(each) === keyOf(one) && keyOf(each) !== own)
  return isTaken ? 'twice' : ''
}

const path = (scriptId: Id): string => `/knowledge/articles/${String(scriptId)}/variants`

export const fetchVariants = async (scriptId: Id, signal?: AbortSignal): Promise<ScriptVariant[]> =>
  (await api.get<{ items: ScriptVariant[] }>(path(scriptId), signal)).items

/**
 * Put one wording in the place of another, or beside all (`was` is null), or take one away (`next` is null).
 * The server takes all at once, so what others wrote meanwhile is read first.
 */
export async function keepVariant(scriptId: Id, was: Wording | null, next: Wording | null): Promise<void> {
  const others = (await fetchVariants(scriptId)).filter((one) => !was || keyOf(one) !== keyOf(was))
  const items = [...others.map(written), ...(next ? [written(next)] : [])]
  await api.put(path(scriptId), { items })
}
