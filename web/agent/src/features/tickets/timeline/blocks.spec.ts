import type { Bounce } from '@api'
import { describe, expect, it } from 'vitest'
import { makeEntry } from '@/testing/fixtures'
import { buildBlocks, type Block } from './blocks'

const kinds = (blocks: Block[]): string[] => blocks.map((block) => block.kind)
const change = (id: number) =>
  makeEntry({ id, kind: 'change', direction: null, details: { field: 'status' } })

describe('buildBlocks', () => {
  it("sets days apart by the reader's zone", () => {
    const entries = [
      makeEntry({ id: 1, at: '2026-11-22T15:00:00Z' }),
      makeEntry({ id: 2, at: '2026-11-22T17:00:00Z' }),
    ]
    expect(kinds(buildBlocks(entries, 'UTC'))).toEqual(['day', 'entry', 'entry'])
    expect(kinds(buildBlocks(entries, 'Asia/Shanghai'))).toEqual(['day', 'entry', 'day', 'entry'])
  })

  it('folds a long run of changes and leaves a short one', () => {
    expect(kinds(buildBlocks([1, 2, 3].map(change), 'UTC'))).toEqual(['day', 'entry', 'entry', 'entry'])
    expect(kinds(buildBlocks([1, 2, 3, 4].map(change), 'UTC'))).toEqual(['day', 'changes'])
  })

  const answer: Bounce = { kind: 'bounce', recipients: [], entry_id: 1, text: '' }

  it('puts a bounce with the message it belongs to', () => {
    const sent = makeEntry({ id: 1, direction: 'out' })
    const bounce = makeEntry({ id: 2, details: { bounce: answer } })
    const blocks = buildBlocks([sent, bounce], 'UTC')
    expect(blocks).toHaveLength(2)
    expect(blocks[1]).toMatchObject({ entry: { id: 1 }, bounces: [{ id: 2 }] })
  })

  it('shows a bounce by itself when its message is not loaded', () => {
    const bounce = makeEntry({ id: 2, details: { bounce: answer } })
    expect(kinds(buildBlocks([bounce], 'UTC'))).toEqual(['day', 'entry'])
  })

  it('lets a message follow on in the same breath', () => {
    const entries = [
      makeEntry({ id: 1, at: '2026-11-22T15:00:00Z' }),
      makeEntry({ id: 2, at: '2026-11-22T15:01:00Z' }),
      makeEntry({ id: 3, at: '2026-11-22T15:30:00Z' }),
      makeEntry({ id: 4, at: '2026-11-22T15:31:00Z', direction: 'out' }),
    ]
    const follows = buildBlocks(entries, 'UTC').map((block) => block.kind === 'entry' && block.follows)
    expect(follows).toEqual([false, false, true, false, false])
  })
})
