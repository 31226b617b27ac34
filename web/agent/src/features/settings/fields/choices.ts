import type { FieldChoice } from '@api'

const SEPARATOR = /\s*[|\t]\s*/
const STEP = 2

/** The part of a value that one level adds; a slash would begin another level. */
export function valueOf(name: string): string {
  return name
    .trim()
    .toLowerCase()
    .replace(/[/\s]+/g, '-')
    .slice(0, 60)
}

export const depthOf = (choice: Pick<FieldChoice, 'value'>): number => choice.value.split('/').length - 1

function indentOf(line: string): number {
  const blanks = /^[\t ]*/.exec(line)?.[0] ?? ''
  return [...blanks].reduce((sum, blank) => sum + (blank === '\t' ? STEP : 1), 0)
}

function unused(wanted: string, taken: Set<string>): string {
  let value = wanted
  for (let n = 2; taken.has(value); n++) value = `${wanted}-${String(n)}`
  return value
}

/**
 * Choices from pasted lines: the Chinese name, a bar, the English name; or one name for both. In a tree, indented lines lie under the line above.
 * A line that names a present choice keeps that choice's value, so that tickets keep what they have.
 */
export function parseChoices(text: string, isTree: boolean, present: FieldChoice[]): FieldChoice[] {
  const found: FieldChoice[] = []
  const taken = new Set<string>()
  const path: { indent: number; value: string }[] = []
  for (const line of text.split(/\r?\n/).filter((one) => one.trim())) {
    const [zh = '', en = zh] = line.trim().split(SEPARATOR)
    const indent = isTree ? indentOf(line) : 0
    while (path.length && (path.at(-1)?.indent ?? 0) >= indent) path.pop()
    const above = isTree ? (path.at(-1)?.value ?? '') : ''
    const prefix = above ? `${above}/` : ''
    const known = present.find(
      (one) =>
        one.name_zh === zh && one.value.startsWith(prefix) && depthOf(one) === path.length * Number(isTree),
    )
    const value = known && !taken.has(known.value) ? known.value : unused(prefix + valueOf(en || zh), taken)
    taken.add(value)
    found.push({ value, name_zh: zh, name_en: en || zh, is_archived: false })
    if (isTree) path.push({ indent, value })
  }
  return found
}

/** The pasted choices in place of the present ones; those that are gone are archived, not lost. */
export function withPasted(present: FieldChoice[], pasted: FieldChoice[]): FieldChoice[] {
  const wanted = new Set(pasted.map((one) => one.value))
  const gone = present.filter((one) => !wanted.has(one.value)).map((one) => ({ ...one, is_archived: true }))
  return [...pasted, ...gone]
}

/** The choices as text that `parseChoices` reads again. */
export function writeChoices(choices: FieldChoice[]): string {
  return choices
    .filter((one) => !one.is_archived)
    .map((one) => `${' '.repeat(STEP * depthOf(one))}${one.name_zh} | ${one.name_en}`)
    .join('\n')
}

const isUnder = (one: FieldChoice, branch: string): boolean =>
  one.value === branch || one.value.startsWith(`${branch}/`)

/** A new choice behind its siblings: under `above`, or at the end. */
export function added(choices: FieldChoice[], above: string): FieldChoice[] {
  const taken = new Set(choices.map((one) => one.value))
  const value = unused(`${above ? `${above}/` : ''}new`, taken)
  const made: FieldChoice = { value, name_zh: '', name_en: '', is_archived: false }
  const last = above ? choices.findLastIndex((one) => isUnder(one, above)) : choices.length - 1
  return [...choices.slice(0, last + 1), made, ...choices.slice(last + 1)]
}

/** A choice moved by one place among its siblings, with all that lies under it. */
export function movedChoice(choices: FieldChoice[], value: string, by: -1 | 1): FieldChoice[] {
  const parent = value.split('/').slice(0, -1).join('/')
  const siblings = choices.filter((one) => one.value.split('/').slice(0, -1).join('/') === parent)
  const other = siblings[siblings.findIndex((one) => one.value === value) + by]
  if (!other) return choices
  const own = choices.filter((one) => isUnder(one, value))
  const rest = choices.filter((one) => !isUnder(one, value))
  const first = rest.findIndex((one) => one.value === other.value)
  const at = by < 0 ? first : rest.findLastIndex((one) => isUnder(one, other.value)) + 1
  return [...rest.slice(0, at), ...own, ...rest.slice(at)]
}

/** Drop a choice that was never saved; one that tickets may have is archived, with what lies under it. */
export function dropped(choices: FieldChoice[], value: string, saved: Set<string>): FieldChoice[] {
  return choices.flatMap((one) => {
    if (!isUnder(one, value)) return [one]
    return saved.has(one.value) ? [{ ...one, is_archived: true }] : []
  })
}

/** Values of choices that were never saved follow their names. */
export function withValues(choices: FieldChoice[], saved: Set<string>): FieldChoice[] {
  const taken = new Set(choices.map((one) => one.value).filter((value) => saved.has(value)))
  const renamed = new Map<string, string>()
  return choices.map((one) => {
    const parts = one.value.split('/')
    const above = parts.slice(0, -1).join('/')
    const prefix = above ? `${renamed.get(above) ?? above}/` : ''
    const value = saved.has(one.value)
      ? one.value
      : unused(prefix + valueOf(one.name_en || one.name_zh), taken)
    renamed.set(one.value, value)
    taken.add(value)
    return { ...one, value }
  })
}
