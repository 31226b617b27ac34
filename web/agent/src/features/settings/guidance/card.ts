import { ApiError, type GuidanceCard, type GuidanceCardIn } from '@api'
import type { Condition } from '@ui'

export const PLACES = ['workspace', 'bot', 'portal'] as const
export type CardPlace = (typeof PLACES)[number]
/** Languages that a card has fields for; others it has are kept as they are. */
export const LOCALES = ['zh-CN', 'en'] as const

export interface WordsForm {
  locale: string
  title: string
  text: string
  steps: string
  wording: string
}
export interface CardForm {
  name: string
  condition: Condition
  isComplete: boolean
  words: WordsForm[]
  places: CardPlace[]
  fromAt: string
  untilAt: string
  articleId: string
}

const two = (n: number): string => String(n).padStart(2, '0')

/** A moment as a field for date and time shows it. */
export function forField(at: string | number): string {
  const day = new Date(at)
  const date = `${String(day.getFullYear())}-${two(day.getMonth() + 1)}-${two(day.getDate())}`
  return `${date}T${two(day.getHours())}:${two(day.getMinutes())}`
}

export function toForm(card: GuidanceCard | null, now: number): CardForm {
  const known = card?.words ?? []
  const locales = [...new Set<string>([...LOCALES, ...known.map((one) => one.locale)])]
  return {
    name: card?.name ?? '',
    condition: (card?.condition as Condition | undefined) ?? { all: [] },
    isComplete: true,
    words: locales.map((locale) => {
      const one = known.find((each) => each.locale === locale)
      const steps = (one?.steps ?? []).join('\n')
      return { locale, title: one?.title ?? '', text: one?.text ?? '', steps, wording: one?.wording ?? '' }
    }),
    places: [...(card?.places ?? (['workspace'] as const))],
    fromAt: forField(card?.from_at ?? now),
    untilAt: card?.until_at ? forField(card.until_at) : '',
    articleId: card?.article_id ? String(card.article_id) : '',
  }
}

/** What the form says as the server takes it; a language without a title has no words. */
export function toCard(form: CardForm): GuidanceCardIn {
  return {
    name: form.name.trim(),
    condition: form.condition as unknown as GuidanceCardIn['condition'],
    words: form.words
      .filter((one) => one.title.trim())
      .map(({ locale, title, text, steps, wording }) => ({
        locale,
        title: title.trim(),
        text: text.trim(),
        steps: steps
          .split('\n')
          .map((step) => step.trim())
          .filter(Boolean),
        wording: wording.trim(),
      })),
    places: form.places,
    from_at: new Date(form.fromAt).toISOString(),
    until_at: form.untilAt ? new Date(form.untilAt).toISOString() : null,
    article_id: Number(form.articleId) || null,
  }
}

/** Which fields are not right yet, each with the key of its word. */
export function check(form: CardForm): Partial<Record<keyof CardForm, string>> {
  return {
    ...(form.name.trim() ? {} : { name: 'needsName' }),
    ...(form.isComplete ? {} : { condition: 'needsCondition' }),
    ...(form.words.some((one) => one.title.trim()) ? {} : { words: 'needsWords' }),
    ...(form.places.length ? {} : { places: 'needsPlace' }),
    ...(form.untilAt && form.untilAt <= form.fromAt ? { untilAt: 'endsBefore' } : {}),
  }
}

export const isLate = (error: unknown): boolean =>
  error instanceof ApiError && error.code === 'changed_meanwhile'
