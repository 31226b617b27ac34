import type { ScriptVariant } from '@api'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { serve } from '@/testing/server'
import { keepVariant, nextListener, ordered, problemOf, written, type Wording } from './variants'

const kept = (id: number, change: Partial<ScriptVariant> = {}): ScriptVariant => ({
  id,
  locale: 'en',
  listener: 'anyone',
  channel: null,
  text: 'It will come.',
  uses: 3,
  ...change,
})
const wording = (change: Partial<Wording> = {}): Wording => ({ ...written(kept(0)), ...change })
const PATH = '/knowledge/articles/5/variants'

afterEach(() => vi.unstubAllGlobals())

describe('wordings of a script', () => {
  it('stand as they are looked for: the angry first, one channel before every channel', () => {
    const items = [
      kept(1),
      kept(2, { listener: 'angry' }),
      kept(3, { listener: 'angry', channel: 'chat' }),
      kept(4, { locale: 'zh-CN', listener: 'vip' }),
    ]
    expect(ordered(items, 'en').map((one) => one.id)).toEqual([3, 2, 1])
    expect(ordered(items, 'zh-CN').map((one) => one.id)).toEqual([4])
  })

  it('begin with a listener that has none yet', () => {
    expect(nextListener([], 'en')).toBe('angry')
    expect(nextListener([kept(1, { listener: 'angry' })], 'en')).toBe('anxious')
    expect(nextListener([kept(1, { listener: 'angry' })], 'zh-CN')).toBe('angry')
  })

  it('are refused without words and twice for one listener, and may keep their own place', () => {
    const items = [kept(1), kept(2, { listener: 'vip' })]
    expect(problemOf(wording({ text: ' ' }), items, null)).toBe('empty')
    expect(problemOf(wording(), items, null)).toBe('twice')
    expect(problemOf(wording({ channel: 'chat' }), items, null)).toBe('')
    expect(problemOf(wording({ text: 'Soon.' }), items, wording())).toBe('')
    expect(problemOf(wording({ listener: 'vip' }), items, wording())).toBe('twice')
  })
})

describe('keepVariant', () => {
  const server = () =>
    serve({
      [`GET ${PATH}`]: {
        body: { items: [kept(1), kept(2, { listener: 'vip', text: 'Written by a colleague' })] },
      },
      [`PUT ${PATH}`]: { body: { items: [] } },
    })
  const sent = (calls: ReturnType<typeof server>) =>
    (calls.find((one) => one.method === 'PUT')?.body as { items: Wording[] }).items

  it('puts one in the place of another and keeps what others wrote meanwhile', async () => {
    const calls = server()
    await keepVariant(5, wording(), wording({ text: 'Soon.' }))
    expect(sent(calls).map((one) => one.text)).toEqual(['Written by a colleague', 'Soon.'])
    expect(Object.keys(sent(calls)[0] ?? {}).sort()).toEqual(['channel', 'listener', 'locale', 'text'])
  })

  it('adds one, and takes one away', async () => {
    let calls = server()
    await keepVariant(5, null, wording({ listener: 'angry' }))
    expect(sent(calls)).toHaveLength(3)
    calls = server()
    await keepVariant(5, wording({ listener: 'vip' }), null)
    expect(sent(calls).map((one) => one.listener)).toEqual(['anyone'])
  })
})
