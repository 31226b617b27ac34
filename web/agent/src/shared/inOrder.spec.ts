import { describe, expect, it } from 'vitest'
import { inOrder } from './inOrder'

describe('inOrder', () => {
  it('lets a second change leave when the first is over', async () => {
    const done: string[] = []
    const slow = inOrder(
      '/a',
      () => new Promise<void>((end) => setTimeout(() => end(void done.push('first')), 20)),
    )
    const quick = inOrder('/a', () => Promise.resolve(done.push('second')))
    await Promise.all([slow, quick])
    expect(done).toEqual(['first', 'second'])
  })

  it('leaves the next change alone when one fails', async () => {
    const failing = inOrder('/b', () => Promise.reject(new Error('no')))
    const next = inOrder('/b', () => Promise.resolve('yes'))
    await expect(failing).rejects.toThrow('no')
    expect(await next).toBe('yes')
  })
})
