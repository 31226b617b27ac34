import type { Entry, Id } from '@api'
import { dayKey } from '@ui'

export type Block =
  | { kind: 'day'; key: string; at: string }
  | { kind: 'entry'; key: string; entry: Entry; bounces: Entry[]; follows: boolean }
  | { kind: 'changes'; key: string; entries: Entry[] }

/** More changes in a row than this are folded into one line. */
const FOLD_FROM = 4

const SAME_BREATH_MS = 4 * 60_000

function bouncesByMessage(entries: Entry[]): Map<Id, Entry[]> {
  const known = new Set(entries.map((entry) => entry.id))
  const found = new Map<Id, Entry[]>()
  for (const entry of entries) {
    const target = entry.details.bounce?.entry_id
    if (target && known.has(target)) found.set(target, [...(found.get(target) ?? []), entry])
  }
  return found
}

/** Whether a message goes on where the one above stopped: same voice, same channel, a moment later. */
function followsOn(above: Block | undefined, entry: Entry): boolean {
  if (above?.kind !== 'entry' || entry.kind !== 'message' || above.entry.kind !== 'message') return false
  const { author, direction, channel_kind: channel, at } = above.entry
  const isSameVoice =
    author.kind === entry.author.kind && author.id === entry.author.id && author.name === entry.author.name
  if (above.entry.origin_ticket_id !== entry.origin_ticket_id) return false
  const gap = new Date(entry.at).getTime() - new Date(at).getTime()
  return (
    isSameVoice && direction === entry.direction && channel === entry.channel_kind && gap < SAME_BREATH_MS
  )
}

/** A merge stays in sight: it can be taken back where it is told. */
function isLandmark(entry: Entry): boolean {
  return entry.details.field === 'merged_from' || entry.details.field === 'split_to'
}

function closeRun(blocks: Block[], run: Entry[]): void {
  const [first] = run
  if (!first) return
  if (run.length >= FOLD_FROM) blocks.push({ kind: 'changes', key: `c${String(first.id)}`, entries: run })
  else
    blocks.push(
      ...run.map((entry): Block => ({
        kind: 'entry',
        key: `e${String(entry.id)}`,
        entry,
        bounces: [],
        follows: false,
      })),
    )
}

/** The timeline as it is drawn: days apart, long runs of changes folded, bounces with the message they belong to. */
export function buildBlocks(entries: Entry[], zone: string): Block[] {
  const bounces = bouncesByMessage(entries)
  const attached = new Set([...bounces.values()].flat().map((entry) => entry.id))
  const blocks: Block[] = []
  let day = ''
  let run: Entry[] = []
  for (const entry of entries) {
    if (attached.has(entry.id)) continue
    const today = dayKey(entry.at, zone)
    if (entry.kind !== 'change' || today !== day) {
      closeRun(blocks, run)
      run = []
    }
    if (today !== day) blocks.push({ kind: 'day', key: `d${today}`, at: entry.at })
    day = today
    if (entry.kind === 'change' && isLandmark(entry)) {
      closeRun(blocks, run)
      run = []
      closeRun(blocks, [entry])
    } else if (entry.kind === 'change') run.push(entry)
    else {
      const follows = followsOn(blocks.at(-1), entry)
      blocks.push({
        kind: 'entry',
        key: `e${String(entry.id)}`,
        entry,
        bounces: bounces.get(entry.id) ?? [],
        follows,
      })
    }
  }
  closeRun(blocks, run)
  return blocks
}
