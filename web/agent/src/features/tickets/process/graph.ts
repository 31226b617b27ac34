import type { ProcessSpec, Stage } from '@api'

export interface Node {
  key: string
  name: string
  x: number
  y: number
}

export interface Edge {
  from: string
  to: string
  path: string
  /** A way on, or a jump: the time was over, it was not solved, solutions failed. */
  kind: 'way' | 'jump'
}

export interface Graph {
  nodes: Node[]
  edges: Edge[]
  width: number
  height: number
}

export const NODE_WIDTH = 168
export const NODE_HEIGHT = 36
const GAP = 28
const LANE = 14
const MARGIN = 8
export const END = ''

const isAlways = (when: unknown): boolean => JSON.stringify(when ?? { all: [] }) === '{"all":[]}'

/** Where a stage can lead when it is done: as the server's own rule says. */
export function exitsOf(spec: ProcessSpec, stage: Stage): string[] {
  const found: string[] = []
  for (const way of stage.ways ?? []) {
    found.push(way.to)
    if (isAlways(way.when)) return found
  }
  const place = spec.stages.indexOf(stage)
  return [...found, spec.stages[place + 1]?.key ?? END]
}

function jumpsOf(spec: ProcessSpec, stage: Stage): string[] {
  return [stage.late_to, stage.not_solved_to, spec.stages[0] === stage ? spec.fails_to : '']
    .flatMap((one) => one || [])
    .filter((one) => one !== stage.key)
}

/** The stages one below the other, with what does not lead to the next one drawn beside them. */
export function drawn(spec: ProcessSpec, nameOf: (stage: Stage) => string, endName: string): Graph {
  const keys = [...spec.stages.map((one) => one.key), END]
  const nodes = keys.map((key, place) => ({
    key,
    name: place < spec.stages.length && spec.stages[place] ? nameOf(spec.stages[place]) : endName,
    x: MARGIN,
    y: MARGIN + place * (NODE_HEIGHT + GAP),
  }))
  const placeOf = (key: string): number => keys.indexOf(key)
  const wanted = spec.stages.flatMap((stage) => [
    ...exitsOf(spec, stage).map((to) => ({ from: stage.key, to, kind: 'way' as const })),
    ...jumpsOf(spec, stage).map((to) => ({ from: stage.key, to, kind: 'jump' as const })),
  ])
  let lane = 0
  const edges = wanted
    .filter(
      (one, index) =>
        placeOf(one.to) >= 0 &&
        wanted.findIndex((two) => two.from === one.from && two.to === one.to) === index,
    )
    .map((one) => {
      const [a, b] = [nodes[placeOf(one.from)], nodes[placeOf(one.to)]]
      const isNext = placeOf(one.to) === placeOf(one.from) + 1
      if (!isNext) lane += 1
      return { ...one, path: a && b ? pathOf(a, b, isNext, lane) : '' }
    })
  return {
    nodes,
    edges,
    width: MARGIN * 2 + NODE_WIDTH + (lane + 1) * LANE,
    height: MARGIN * 2 + keys.length * NODE_HEIGHT + (keys.length - 1) * GAP,
  }
}

function pathOf(a: Node, b: Node, isNext: boolean, lane: number): string {
  const middle = a.x + NODE_WIDTH / 2
  if (isNext) return `M${String(middle)} ${String(a.y + NODE_HEIGHT)}V${String(b.y - 4)}`
  const [right, out] = [a.x + NODE_WIDTH, a.x + NODE_WIDTH + lane * LANE]
  const [from, to] = [a.y + NODE_HEIGHT / 2 + 4, b.y + NODE_HEIGHT / 2 - 4]
  return `M${String(right)} ${String(from)}H${String(out)}V${String(to)}H${String(right + 4)}`
}
