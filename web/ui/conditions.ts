/**
 * The language of conditions in the page: the twin of src/ombud/shared/conditions.py.
 * Both are tested on tests/shared/conditions.json.
 */

export type Condition =
  | { all: Condition[] }
  | { any: Condition[] }
  | { not: Condition }
  | { field: string; op: string; value?: unknown }

export interface ConditionContext {
  now: Date
  me: number | null
  myTeams: number[]
}

type Compare = (have: unknown, want: unknown, context: ConditionContext) => boolean

const UNIT_MS: Record<string, number> = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 }
const LEVEL = '/'

function isEmpty(have: unknown): boolean {
  return have === null || have === undefined || have === '' || (Array.isArray(have) && have.length === 0)
}

function folded(value: unknown): unknown {
  return typeof value === 'string' ? value.toLowerCase() : value
}

function text(value: unknown): string {
  return String(folded(value))
}

function isSame(have: unknown, want: unknown): boolean {
  return !isEmpty(have) && folded(have) === folded(want)
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? (value as unknown[]) : [value]
}

function meets(have: unknown, want: unknown): boolean {
  return list(have).some((one) => list(want).some((other) => isSame(one, other)))
}

/** Numbers as they are, dates and moments in milliseconds; a date counts from its midnight in UTC. */
function comparable(value: unknown): number {
  if (typeof value === 'number') return value
  const written = String(value)
  const hasZone = /(?:Z|[+-]\d\d:?\d\d)$/.test(written)
  return Date.parse(written.includes('T') && !hasZone ? `${written}Z` : written)
}

function since(duration: unknown, context: ConditionContext): number {
  const found = /^(\d{1,5})([mhdw])$/.exec(String(duration))
  return context.now.getTime() - (found ? Number(found[1]) * (UNIT_MS[found[2] ?? ''] ?? 0) : 0)
}

function ordered(compare: (have: number, want: unknown) => boolean): Compare {
  return (have, want) => !isEmpty(have) && compare(comparable(have), want)
}

const COMPARE: Record<string, Compare> = {
  is: isSame,
  is_not: (have, want) => !isSame(have, want),
  any_of: meets,
  none_of: (have, want) => !meets(have, want),
  has_all: (have, want) => !isEmpty(have) && list(want).every((one) => meets(have, one)),
  under: (have, want) => !isEmpty(have) && (text(have) + LEVEL).startsWith(text(want) + LEVEL),
  contains: (have, want) => !isEmpty(have) && text(have).includes(text(want)),
  begins: (have, want) => !isEmpty(have) && text(have).startsWith(text(want)),
  less: ordered((have, want) => have < comparable(want)),
  more: ordered((have, want) => have > comparable(want)),
  between: ordered((have, want) => {
    const [low, high] = list(want).map(comparable)
    return low !== undefined && high !== undefined && low <= have && have <= high
  }),
  before: ordered((have, want) => have < comparable(want)),
  after: ordered((have, want) => have > comparable(want)),
  within_last: (have, want, context) =>
    !isEmpty(have) && since(want, context) <= comparable(have) && comparable(have) <= context.now.getTime(),
  older_than: (have, want, context) => !isEmpty(have) && comparable(have) < since(want, context),
  is_empty: (have) => isEmpty(have),
  is_set: (have) => !isEmpty(have),
}

function resolved(value: unknown, context: ConditionContext): unknown {
  if (value === 'me') return context.me
  if (value === 'my_teams') return context.myTeams
  return Array.isArray(value) ? value.map((one: unknown) => (one === 'me' ? context.me : one)) : value
}

/** Whether a condition holds for these values; a field that is not among them counts as empty. */
export function holds(
  condition: Condition,
  values: Record<string, unknown>,
  context: ConditionContext,
): boolean {
  if ('all' in condition) return condition.all.every((part) => holds(part, values, context))
  if ('any' in condition) return condition.any.some((part) => holds(part, values, context))
  if ('not' in condition) return !holds(condition.not, values, context)
  const compare = COMPARE[condition.op]
  const have = values[condition.field]
  // only people and teams are placeholders, and they are numbers: a text may well hold the word "me"
  const want = typeof have === 'number' ? resolved(condition.value, context) : condition.value
  return compare?.(have, want, context) ?? false
}
