import type { Condition } from '@ui'

export type Join = 'all' | 'any'

export interface Leaf {
  field: string
  op: string
  value?: unknown
}

/** A condition as the builder edits it: groups with a join, and a `not` on anything. */
export interface GroupNode {
  kind: 'group'
  key: number
  join: Join
  isNot: boolean
  parts: TreeNode[]
}

export interface LeafNode {
  kind: 'leaf'
  key: number
  isNot: boolean
  leaf: Leaf
}

export type TreeNode = GroupNode | LeafNode

let last = 0

export function newGroup(join: Join, parts: TreeNode[] = []): GroupNode {
  return { kind: 'group', key: ++last, join, isNot: false, parts }
}

export function newLeaf(field: string, op: string, value?: unknown): LeafNode {
  return {
    kind: 'leaf',
    key: ++last,
    isNot: false,
    leaf: { field, op, ...(value === undefined ? {} : { value }) },
  }
}

function read(condition: Condition): TreeNode {
  if ('not' in condition) {
    const inner = read(condition.not)
    // twice not is nothing; a builder that kept both would show one
    return { ...inner, isNot: !inner.isNot }
  }
  if ('all' in condition) return newGroup('all', condition.all.map(read))
  if ('any' in condition) return newGroup('any', condition.any.map(read))
  return newLeaf(condition.field, condition.op, condition.value)
}

/** A condition as a tree whose root is a group. */
export function toTree(condition: Condition): GroupNode {
  const root = read(condition)
  return root.kind === 'group' ? root : newGroup('all', [root])
}

/** The tree as a condition again. */
export function toCondition(node: TreeNode): Condition {
  const bare: Condition =
    node.kind === 'leaf' ? { ...node.leaf } : ({ [node.join]: node.parts.map(toCondition) } as Condition)
  return node.isNot ? { not: bare } : bare
}

/** Whether every comparison has what it compares with. */
export function isComplete(node: TreeNode): boolean {
  if (node.kind === 'group') return node.parts.every(isComplete)
  const { op, value } = node.leaf
  if (op === 'is_empty' || op === 'is_set') return true
  if (op === 'between')
    return Array.isArray(value) && value.length === 2 && value.every((one) => one !== '' && one !== null)
  if (Array.isArray(value)) return value.length > 0
  return value !== undefined && value !== '' && value !== null
}
