import type { Attachment } from '@api'
import { mount } from '@vue/test-utils'
import { describe, expect, it } from 'vitest'
import { isWritten, RichText } from './RichText'

const file: Attachment = {
  id: 3,
  name: 'leak.png',
  type: 'image/png',
  size: 9,
  is_inline: true,
  content_id: 'file-7',
  url: '/api/v1/files/t/leak.png',
}
const drawn = (html: string): string =>
  mount(RichText, { props: { html, files: [file] } }).html({ raw: true })

describe('RichText', () => {
  it('draws marks', () => {
    const html = '<h2>A</h2><ol start="3"><li><p><strong>b</strong></p></li></ol><p><br></p>'
    expect(drawn(html)).toBe(`<div class="richText">${html}</div>`)
  })

  it('gives an empty paragraph its height', () => {
    expect(drawn('<p></p>')).toContain('<p><br></p>')
  })

  it('shows a picture from its file, and the words of one that is not there', () => {
    expect(drawn('<p><img src="cid:file-7" alt="leak"></p>')).toContain('src="/api/v1/files/t/leak.png"')
    const missing = drawn('<p><img src="cid:file-8" alt="gone"></p>')
    expect(missing).toContain('[gone]')
    expect(missing).not.toContain('<img')
  })

  it.each([
    '<script>x()</scr' + 'ipt>',
    '<p onclick="x()">a</p>',
    '<img src="https://evil.example/x.png" onerror="x()">',
    '<a href="javascript:x()">a</a>',
    '<p style="background:url(https://evil.example)">a</p>',
    '<iframe src="https://evil.example"></iframe><object data="x"></object><svg onload="x()"></svg>',
    '<form action="https://evil.example"><input></form>',
  ])('draws nothing that runs or loads: %s', (html) => {
    expect(drawn(html)).not.toMatch(
      /onclick|onerror|onload|javascript|evil|style=|<(script|iframe|object|svg|form|input|img)/,
    )
  })

  it('opens links outside and tells nobody from where', () => {
    expect(drawn('<a href="https://x.example">a</a>')).toContain('rel="noopener noreferrer nofollow"')
  })
})

describe('isWritten', () => {
  it.each(['<p>a</p>', '<ul><li>a</li></ul>', '<p><img src="cid:file-1"></p>', 'a'])(
    'is true of %s',
    (html) => expect(isWritten(html)).toBe(true),
  )
  it.each([
    '<font color="red">a</font>',
    '<p style="color:red">a</p>',
    '<span>a</span>',
    '<center>a</center>',
  ])('is false of %s', (html) => expect(isWritten(html)).toBe(false))
})
