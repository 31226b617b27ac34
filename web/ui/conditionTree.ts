import type { Condition } from './conditions'

/** How a field compares; the same words as in src/ombud/shared/conditions.py. */
export type ConditionKind =
  'text' | 'number' | 'time' | 'date' | 'choice' | 'tree' | 'many' | 'yes_no' | 'person' | 'team'

// a type, not an interface: lists of options are open records elsewhere
export type ConditionOption = { value: string | number; label: string }

/** A field that conditions may name, with the words to show. */
export interface ConditionField {
  key: string
  name: string
  kind: ConditionKind
  /** Fields of one group stand together in the list. */
  group?: string
  /** What can be chosen; without it the value is typed. */
  options?: ConditionOption[]
  /** No longer offered, but named by a condition that was made before. */
  isArchived?: boolean
  /** How many of the kept unit make one of the entered: 100 for money. */
  scale?: number
}

/** What of a condition is gone, in the reader's words. */
export interface ConditionProblem {
  field: string
  text: string
}

export type GroupMode = 'all' | 'any' | 'none' | 'not_all'

/** A comparison on the screen; `id` keeps its place while others come and go. */
export interface LeafNode {
  id: number
  field: string
  op: string
  value: unknown
}
export interface GroupNode {
  id: number
  mode: GroupMode
  parts: ConditionNode[]
}
export type ConditionNode = LeafNode | GroupNode

export const MAX_DEPTH = 12
export const MAX_LEAVES = 100

const ALWAYS = ['is_set', 'is_empty']
const ONE_OF = ['is', 'is_not', 'any_of', 'none_of']
const OPS: Record<ConditionKind, string[]> = {
  text: ['contains', 'is', 'is_not', 'begins', ...ALWAYS],
  number: ['is', 'is_not', 'less', 'more', 'between', ...ALWAYS],
  time: ['within_last', 'older_than', 'before', 'after', 'between', ...ALWAYS],
  date: ['is', 'within_last', 'older_than', 'before', 'after', 'between', ...ALWAYS],
  choice: [...ONE_OF, ...ALWAYS],
  tree: ['under', ...ONE_OF, ...ALWAYS],
  many: ['any_of', 'none_of', 'has_all', ...ALWAYS],
  yes_no: ['is', ...ALWAYS],
  person: [...ONE_OF, ...ALWAYS],
  team: [...ONE_OF, ...ALWAYS],
}

/** The comparisons of a kind, the most usual first. */
export const opsOf = (kind: ConditionKind): string[] => OPS[kind]

/** What is entered for a comparison. */
export type ValueShape = 'none' | 'text' | 'number' | 'day' | 'span' | 'one' | 'several' | 'yes_no' | 'pair'

const BARE: Partial<Record<ConditionKind, ValueShape>> = {
  text: 'text',
  number: 'number',
  time: 'day',
  date: 'day',
  yes_no: 'yes_no',
}

export function shapeOf(kind: ConditionKind, op: string): ValueShape {
  if (ALWAYS.includes(op)) return 'none'
  if (op === 'within_last' || op === 'older_than') return 'span'
  if (op === 'between') return 'pair'
  if (['any_of', 'none_of', 'has_all'].includes(op)) return 'several'
  return BARE[kind] ?? 'one'
}

/** What a fresh comparison compares with; an empty text or list is not complete. */
export function emptyValue(kind: ConditionKind, op: string): unknown {
  const empty: Record<ValueShape, unknown> = {
    none: undefined,
    text: '',
    number: null,
    day: '',
    span: '7d',
    one: null,
    several: [],
    yes_no: true,
    pair: kind === 'number' ? [null, null] : ['', ''],
  }
  return empty[shapeOf(kind, op)]
}

let lastId = 0
const nextId = (): number => ++lastId

export const isGroup = (node: ConditionNode): node is GroupNode => 'parts' in node

export function newLeaf(field: ConditionField): LeafNode {
  const op = opsOf(field.kind)[0] ?? 'is'
  return { id: nextId(), field: field.key, op, value: emptyValue(field.kind, op) }
}

export const newGroup = (mode: GroupMode = 'any', parts: ConditionNode[] = []): GroupNode => ({
  id: nextId(),
  mode,
  parts,
})

const NEGATED: Partial<Record<GroupMode, GroupMode>> = { all: 'not_all', any: 'none' }

function toNode(condition: Condition): ConditionNode {
  if ('all' in condition) return newGroup('all', condition.all.map(toNode))
  if ('any' in condition) return newGroup('any', condition.any.map(toNode))
  if (!('not' in condition)) return { id: nextId(), value: undefined, ...condition }
  const inner = toNode(condition.not)
  const mode = isGroup(inner) ? NEGATED[inner.mode] : undefined
  return isGroup(inner) && mode ? { ...inner, mode } : newGroup('none', [inner])
}

/** A condition as the builder shows it: always a group at the top. */
export function toTree(condition: Condition): GroupNode {
  const node = toNode(condition)
  return isGroup(node) ? node : newGroup('all', [node])
}

/** The condition that a tree stands for. */
export function fromTree(node: ConditionNode): Condition {
  if (!isGroup(node))
    return ALWAYS.includes(node.op)
      ? { field: node.field, op: node.op }
      : { field: node.field, op: node.op, value: node.value }
  const parts = node.parts.map(fromTree)
  if (node.mode === 'all') return { all: parts }
  if (node.mode === 'any') return { any: parts }
  return { not: node.mode === 'none' ? { any: parts } : { all: parts } }
}

export function countLeaves(node: ConditionNode): number {
  return isGroup(node) ? node.parts.reduce((sum, part) => sum + countLeaves(part), 0) : 1
}

const isMissing = (value: unknown): boolean => value === null || value === undefined || value === ''

/** Whether every comparison names a field that exists and has what it compares with. */
export function isComplete(node: ConditionNode, fields: Map<string, ConditionField>): boolean {
  if (isGroup(node)) return node.parts.every((part) => isComplete(part, fields))
  const field = fields.get(node.field)
  if (!field || !opsOf(field.kind).includes(node.op)) return false
  const shape = shapeOf(field.kind, node.op)
  if (shape === 'none') return true
  if (shape === 'several')
    return node.value === 'my_teams' || (Array.isArray(node.value) && node.value.length > 0)
  if (shape === 'pair') return Array.isArray(node.value) && !node.value.some(isMissing)
  return !isMissing(node.value)
}
