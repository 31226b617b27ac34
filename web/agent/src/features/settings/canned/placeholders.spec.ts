import { describe, expect, it } from 'vitest'
import { filled, inserted, placeholders, unknownNames, written, type Placeholder } from './placeholders'

const values = Object.fromEntries(placeholders.map((name) => [name, `<${name}>`])) as Record<
  Placeholder,
  string
>
const joined = (text: string): string =>
  filled(text, values)
    .map((piece) => piece.text)
    .join('')

describe('filled', () => {
  it('puts values in, with or without blanks in the braces', () => {
    expect(joined('Hi {{customer.name}}, {{ ticket.id }}!')).toBe('Hi <customer.name>, <ticket.id>!')
  })

  it('marks what nobody can fill and leaves it as written', () => {
    expect(filled('{{customer.nmae}}', values)).toEqual([{ text: '{{customer.nmae}}', kind: 'unknown' }])
  })

  it('knows no name that objects have by themselves', () => {
    expect(filled('{{constructor}}', { ...values })[0]?.kind).toBe('unknown')
    expect(filled('{{toString}}', { ...values })[0]?.kind).toBe('unknown')
  })

  it.each(['', 'plain', '{ single }', '{{', '}} {{'])('leaves %j alone', (text) =>
    expect(joined(text)).toBe(text),
  )
})

describe('unknownNames', () => {
  it('names each once, and none that exists', () => {
    expect(unknownNames('{{x}} {{agent.name}} {{x}} {{y}}')).toEqual(['x', 'y'])
  })
})

describe('inserted', () => {
  it('replaces what is selected and puts the caret behind it', () => {
    const { text, caret } = inserted('Hi NAME!', 'customer.name', 3, 7)
    expect(text).toBe(`Hi ${written('customer.name')}!`)
    expect(text.slice(caret)).toBe('!')
  })
})
