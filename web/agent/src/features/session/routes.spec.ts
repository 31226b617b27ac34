import { describe, expect, it } from 'vitest'
import { linkTarget } from './routes'

describe('linkTarget', () => {
  it('keeps the token behind the #, where no server sees it', () => {
    expect(linkTarget('#/link/AbC-12_x.y')).toEqual({ path: '/link', hash: '#AbC-12_x.y' })
  })

  it.each(['', '#', '#/link/', '#/link/a/b', '#/link/a?next=//evil', '#/other/abc'])(
    'takes %j for no link',
    (hash) => expect(linkTarget(hash)).toBeNull(),
  )
})
