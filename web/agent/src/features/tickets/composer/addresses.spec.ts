import { describe, expect, it } from 'vitest'
import { readAddresses, withAddresses } from './addresses'

describe('readAddresses', () => {
  it('reads addresses with and without names, whatever stands between them', () => {
    expect(readAddresses('Ann Lee <ann@a.example>, b@b.example；"Dee" <d@d.example>').found).toEqual([
      { name: 'Ann Lee', address: 'ann@a.example' },
      { name: '', address: 'b@b.example' },
      { name: 'Dee', address: 'd@d.example' },
    ])
  })

  it.each(['nobody', 'a@b', '@x.example', 'a@b..c', 'a b@c.example', 'a@b.example>x'])(
    'takes "%s" for no address and keeps it to be mended',
    (text) => expect(readAddresses(text)).toEqual({ found: [], wrong: [text] }),
  )

  it('tells the right ones from the wrong ones beside them', () => {
    expect(readAddresses('ann@a.example, bob')).toEqual({
      found: [{ name: '', address: 'ann@a.example' }],
      wrong: ['bob'],
    })
    expect(readAddresses(' , ')).toEqual({ found: [], wrong: [] })
  })
})

describe('withAddresses', () => {
  it('adds each once, whatever its case', () => {
    const old = [{ name: 'Ann', address: 'ann@a.example' }]
    const added = [
      { name: '', address: 'ANN@a.example' },
      { name: '', address: 'b@b.example' },
    ]
    expect(withAddresses(old, added)).toEqual([old[0], added[1]])
  })
})
