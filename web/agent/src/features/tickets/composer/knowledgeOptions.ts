import type { ArticleRow, Id, Script, ScriptWording } from '@api'
import type { PickerOption } from '@ui'
import { i18n } from '@/i18n'

/** Few scripts are shown with all their wordings: then somebody looks for one of them. */
const MOST_WITH_ALL = 2
const MOST_SCRIPTS = 6
const oneLine = (text: string): string => text.replaceAll(/\s+/g, ' ').trim().slice(0, 160)
const primary = (locale: string): string => locale.split('-')[0] ?? ''

const keyOf = (articleId: Id, place: number): string => `script:${String(articleId)}:${String(place)}`

/** Scripts with the wording that fits this customer, and where few are found with the others in its language. */
export function scriptOptions(scripts: Script[]): PickerOption[] {
  const { t } = i18n.global
  const most = scripts.length > MOST_WITH_ALL ? 1 : Infinity
  return scripts.slice(0, MOST_SCRIPTS).flatMap((script) =>
    script.wordings
      .map((wording, place) => ({ wording, place }))
      .filter(({ wording }) => primary(wording.locale) === primary(script.wordings[0]?.locale ?? ''))
      .slice(0, most)
      .map(({ wording, place }) => ({
        key: keyOf(script.article_id, place),
        label: script.title,
        below: oneLine(wording.text),
        hint: wording.listener === 'anyone' ? '' : t(`guidance.listener.${wording.listener}`),
        section: t('tickets.knowledge.kind.script'),
      })),
  )
}

/** The wording that a picked option stands for. */
export function wordingOf(key: string, scripts: Script[]): { script: Script; wording: ScriptWording } | null {
  const [sign, articleId, place] = key.split(':')
  const script = sign === 'script' && scripts.find((one) => one.article_id === Number(articleId))
  const wording = script ? script.wordings[Number(place)] : undefined
  return script && wording ? { script, wording } : null
}

const KINDS = ['script', 'article', 'faq']

/** Articles by their kind, in the order in which they were found, called as in one language. */
export function articleOptions(rows: ArticleRow[], locale: string): PickerOption[] {
  const { t } = i18n.global
  return [...rows]
    .sort((a, b) => KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind))
    .map((one) => ({
      key: String(one.id),
      label: one.languages.find((each) => each.locale === locale)?.title ?? one.title,
      below: one.summary,
      section: t(`tickets.knowledge.kind.${one.kind}`),
    }))
}
