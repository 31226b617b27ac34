import { beforeEach, describe, expect, it } from 'vitest'
import { keepOutgoing, readOutgoing, type Outgoing } from '../outbox'
import { Problem } from '../problem'
import { openShelf, type Shelf } from '../shelf'
import { makeQueue, type Queue } from './queue'

let shelf: Shelf
let sent: string[]
let answers: (Problem | null)[]
let troubles: (string | undefined)[]

function makeOne(owner = () => 'v1'): Queue {
  return makeQueue(shelf, {
    post(item) {
      const answer = answers.shift()
      if (answer) return Promise.reject(answer)
      sent.push(item.text)
      return Promise.resolve()
    },
    owner,
    changed: () => undefined,
    troubled: (problem) => troubles.push(problem?.code),
    exclusively: (work) => work(),
    now: () => 1_000,
  })
}

const states = (queue: Queue) => queue.list().map((item) => item.state)

beforeEach(() => {
  localStorage.clear()
  shelf = openShelf('t:', localStorage)
  sent = []
  answers = []
  troubles = []
})

describe('keeping', () => {
  it('keeps the order of writing within one millisecond', () => {
    for (const text of ['a', 'b', 'c']) keepOutgoing(shelf, { owner: '', text, attachments: [] }, 5)
    expect(readOutgoing(shelf).map(([, item]) => item.text)).toEqual(['a', 'b', 'c'])
  })

  it('puts a message after the others although the clock was set back', () => {
    keepOutgoing(shelf, { owner: '', text: 'first', attachments: [] }, 9_000)
    keepOutgoing(shelf, { owner: '', text: 'second', attachments: [] }, 4_000)
    expect(readOutgoing(shelf).map(([, item]) => item.text)).toEqual(['first', 'second'])
  })

  it('gives each message a key of its own', () => {
    const keys = [1, 2, 3].map(
      () => keepOutgoing(shelf, { owner: '', text: 'x', attachments: [] }).client_key,
    )
    expect(new Set(keys).size).toBe(3)
    expect(keys[0]).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  })

  it('throws away what cannot be read and keeps the rest', () => {
    shelf.set('q:000000000000001:x', '{broken')
    keepOutgoing(shelf, { owner: '', text: 'good', attachments: [] })
    expect(readOutgoing(shelf)).toHaveLength(1)
  })

  it('loses nothing when two tabs write at once', () => {
    const [one, two] = [makeOne(), makeOne()]
    one.add('from one', [])
    two.add('from two', [])
    expect(one.list().map((item: Outgoing) => item.text)).toEqual(['from one', 'from two'])
  })
})

describe('sending', () => {
  it('sends in order and keeps what is accepted until the thread shows it', async () => {
    const queue = makeOne()
    queue.add('a', [])
    const { client_key } = queue.add('b', [])
    await queue.drain()
    expect(sent).toEqual(['a', 'b'])
    expect(states(queue)).toEqual(['accepted', 'accepted'])
    queue.confirm([client_key])
    expect(queue.list().map((item) => item.text)).toEqual(['a'])
  })

  it('goes on after a reload where it stopped', async () => {
    makeOne().add('written before', [])
    await makeOne().drain()
    expect(sent).toEqual(['written before'])
  })

  it('waits and tries the same message again when the desk is away', async () => {
    answers = [new Problem(503, 'busy')]
    const queue = makeOne()
    queue.add('a', [])
    queue.add('b', [])
    const done = queue.drain()
    await Promise.resolve()
    expect(sent).toEqual([])
    // the connection is back: no need to wait for the back-off
    await new Promise((resolve) => setTimeout(resolve))
    void queue.drain()
    await done
    expect(sent).toEqual(['a', 'b'])
    expect(troubles).toEqual(['busy', undefined, undefined])
  })

  it('marks what is refused for good and sends the next', async () => {
    answers = [new Problem(413, 'text_too_long')]
    const queue = makeOne()
    queue.add('too long', [])
    queue.add('short', [])
    await queue.drain()
    expect(states(queue)).toEqual(['failed', 'accepted'])
    expect(queue.list()[0]?.problem).toBe('text_too_long')
  })

  it('sends a refused message again when asked', async () => {
    answers = [new Problem(400, 'no')]
    const queue = makeOne()
    const { client_key } = queue.add('a', [])
    await queue.drain()
    queue.retry(client_key)
    await queue.drain()
    expect(sent).toEqual(['a'])
  })

  it('never sends what another visitor of this browser wrote', async () => {
    let owner = 'v1'
    const queue = makeOne(() => owner)
    queue.add('of v1', [])
    owner = 'v2'
    await queue.drain()
    expect(sent).toEqual([])
    expect(queue.list()).toEqual([])
  })

  it('adopts what was written before there was a visitor', async () => {
    let owner = ''
    const queue = makeOne(() => owner)
    queue.add('first', [])
    owner = 'v1'
    await queue.drain()
    expect(queue.list()[0]).toMatchObject({ owner: 'v1', state: 'accepted' })
  })

  it('stops between two tries when it is shut down', async () => {
    answers = [new Problem(0, 'offline')]
    const queue = makeOne()
    queue.add('a', [])
    const done = queue.drain()
    await new Promise((resolve) => setTimeout(resolve))
    queue.stop()
    await done
    expect(sent).toEqual([])
  })

  it('forgets an accepted message that was never shown, after a day', () => {
    const queue = makeOne()
    shelf.set(
      'q:000000000000001:k',
      JSON.stringify({ client_key: 'k', owner: 'v1', at: '1969-12-30T00:00:00Z', state: 'accepted' }),
    )
    queue.confirm([])
    expect(queue.list()).toEqual([])
  })
})
