import type { JSONContent } from '@tiptap/core'
import { describe, expect, it } from 'vitest'
import { htmlOfText, isPlain, textOf } from './doc'

const words = (text: string, ...marks: JSONContent[]): JSONContent => ({
  type: 'text',
  text,
  ...(marks.length ? { marks: marks as NonNullable<JSONContent['marks']> } : {}),
})
const line = (...content: JSONContent[]): JSONContent => ({ type: 'paragraph', content })
const item = (...content: JSONContent[]): JSONContent => ({ type: 'listItem', content })
const doc = (...content: JSONContent[]): JSONContent => ({ type: 'doc', content })
const link = (href: string): JSONContent => ({ type: 'link', attrs: { href } })

describe('htmlOfText', () => {
  it('makes a paragraph of each line and never a mark', () => {
    expect(htmlOfText('Dear <b>Rosa</b> & co\n\nBye')).toBe(
      '<p>Dear &lt;b&gt;Rosa&lt;/b&gt; &amp; co</p><p></p><p>Bye</p>',
    )
  })
})

describe('isPlain', () => {
  it('is true of lines and breaks alone', () => {
    expect(isPlain(doc(line(words('a'), { type: 'hardBreak' }, words('b')), line()))).toBe(true)
  })
  it.each([
    doc(line(words('a', { type: 'bold' }))),
    doc({ type: 'heading', attrs: { level: 1 }, content: [words('a')] }),
    doc({ type: 'bulletList', content: [item(line(words('a')))] }),
    doc(line({ type: 'picture', attrs: { name: 'file-1', alt: 'a.png' } })),
  ])('is false of %j', (one) => expect(isPlain(one)).toBe(false))
})

describe('textOf', () => {
  it.each<[string, JSONContent[]]>([
    ['Dear Rosa,\n\nbye', [line(words('Dear Rosa,')), line(), line(words('bye'))]],
    ['- a\n- b', [{ type: 'bulletList', content: [item(line(words('a'))), item(line(words('b')))] }]],
    [
      '3. a\n4. b',
      [
        {
          type: 'orderedList',
          attrs: { start: 3 },
          content: [item(line(words('a'))), item(line(words('b')))],
        },
      ],
    ],
    [
      '- a\n  - deep\n- b',
      [
        {
          type: 'bulletList',
          content: [
            item(line(words('a')), { type: 'bulletList', content: [item(line(words('deep')))] }),
            item(line(words('b'))),
          ],
        },
      ],
    ],
    [
      '> a\n> b\nc',
      [{ type: 'blockquote', content: [line(words('a')), line(words('b'))] }, line(words('c'))],
    ],
    ['if x:\n  y', [{ type: 'codeBlock', content: [words('if x:\n  y')] }]],
    [
      'see page (https://x.example/a).',
      [line(words('see '), words('page', link('https://x.example/a')), words('.'))],
    ],
    ['https://x.example', [line(words('https://x.example', link('https://x.example/')))]],
    ['a@x.example', [line(words('a@x.example', link('mailto:a@x.example')))]],
    ['a[bill.png]', [line(words('a'), { type: 'picture', attrs: { name: 'file-1', alt: 'bill.png' } })]],
    ['a\n---\nb', [line(words('a')), { type: 'horizontalRule' }, line(words('b'))]],
  ])('is %j', (text, content) => expect(textOf(doc(...content))).toBe(text))
})
