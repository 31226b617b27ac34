import { mount } from '@vue/test-utils'
import { expect, it } from 'vitest'
import { ArticleBody } from './ArticleBody'

const drawn = (html: string): string =>
  mount(ArticleBody, { props: { html, lang: 'en' } }).html({ raw: true })

it('draws marks, tables and pictures of articles', () => {
  const html = drawn('<h2>A</h2><table><tbody><tr><td colspan="2">b</td></tr></tbody></table>')
  expect(html).toContain('<h2>A</h2>')
  expect(html).toContain('<td colspan="2">b</td>')
  expect(drawn('<img src="/api/v1/knowledge/files/abc" alt="x">')).toContain(
    'src="/api/v1/knowledge/files/abc"',
  )
})

it.each([
  '<script>x()</scr' + 'ipt>',
  '<img src="https://evil.example/x.png">',
  '<a href="javascript:x()">a</a>',
  '<p onclick="x()">a</p>',
  '<iframe src="//evil.example"></iframe>',
])('draws nothing of %s that could run or call out', (html) => {
  expect(drawn(html)).not.toMatch(/script:|onclick|evil|<iframe|<script/)
})

it('leads to articles here, and elsewhere in a window of its own', () => {
  expect(drawn('<a href="/knowledge/refund-times">a</a>')).toContain(
    '<a href="/knowledge/refund-times">a</a>',
  )
  expect(drawn('<a href="https://x.example">a</a>')).toContain('noopener')
})
