import { describe, expect, it } from 'vitest'
import { htmlOfMarkdown, isMarkdown } from './markdown'

describe('isMarkdown', () => {
  it.each([
    '# Title',
    '- a\n- b',
    '1. a\n2. b',
    'a **b** c',
    '`x`',
    '[a](https://x.example)',
    '> quoted',
    '```\nx\n```',
  ])('sees it in %j', (text) => expect(isMarkdown(text)).toBe(true))
  it.each([
    'Dear Rosa,\nthanks',
    '- one dash',
    '2 * 3 * 4',
    'snake_case_name',
    '#10248',
    'see [1]',
    '“引用”',
  ])('leaves %j alone', (text) => expect(isMarkdown(text)).toBe(false))
})

describe('htmlOfMarkdown', () => {
  it.each([
    ['# A\n## B', '<h1>A</h1><h2>B</h2>'],
    ['a\n\nb', '<p>a</p><p></p><p>b</p>'],
    ['- a\n- **b**\nc', '<ul><li><p>a</p></li><li><p><strong>b</strong></p></li></ul><p>c</p>'],
    ['3. a\n4. b', '<ol start="3"><li><p>a</p></li><li><p>b</p></li></ol>'],
    ['> a\n> b', '<blockquote><p>a</p><p>b</p></blockquote>'],
    ['```js\na < b\n\nc\n```', '<pre><code>a &lt; b\n\nc</code></pre>'],
    ['*i* _i_ ~~s~~ `c*c*`', '<p><em>i</em> <em>i</em> <s>s</s> <code>c*c*</code></p>'],
    ['[x](https://x.example/?a=1&b=2)', '<p><a href="https://x.example/?a=1&amp;b=2">x</a></p>'],
    ['snake_case_name 2 * 3', '<p>snake_case_name 2 * 3</p>'],
    ['---', '<hr>'],
  ])('makes of %j', (text, html) => expect(htmlOfMarkdown(text)).toBe(html))

  it.each(['<script>x()</script>', '[x](javascript:alert(1))', '**<img src=x onerror=x()>**', '`<b>`'])(
    'never lets marks through: %s',
    (text) => expect(htmlOfMarkdown(text)).not.toMatch(/<(script|img|b)\b|href="javascript/),
  )
})
