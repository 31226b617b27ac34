import { describe, expect, it } from 'vitest'
import { splitLinks } from './links'

const links = (text: string): (string | undefined)[] =>
  splitLinks(text).flatMap((part) => (part.href ? [part.href] : []))

describe('splitLinks', () => {
  it('finds addresses and leaves the punctuation of the sentence', () => {
    expect(links('See https://a.example/x?b=1. Or (www.b.example)!')).toEqual([
      'https://a.example/x?b=1',
      'https://www.b.example',
    ])
  })

  it('ends an address at Chinese punctuation', () => {
    expect(links('详见 https://a.example/订单，谢谢')).toEqual(['https://a.example/订单'])
  })

  it('keeps every letter of the text', () => {
    const text = 'a https://b.example c'
    expect(
      splitLinks(text)
        .map((part) => part.text)
        .join(''),
    ).toBe(text)
  })

  it('makes no link of anything else', () => {
    expect(links('javascript:alert(1) data:text/html,x')).toEqual([])
  })
})
