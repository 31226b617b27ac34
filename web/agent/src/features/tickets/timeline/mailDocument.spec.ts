import { describe, expect, it } from 'vitest'
import { hasOwnLook, mailDocument, resolveInlineImages } from './mailDocument'

const look = { ink: '#000', ground: '#fff', accent: '#077', font: 'sans-serif' }
const picture = {
  id: 1,
  name: 'a.png',
  type: 'image/png',
  size: 1,
  is_inline: true,
  content_id: 'img1@mail',
  url: '/f/a.png',
}

describe('mailDocument', () => {
  it('allows nothing but styles and our own pictures', () => {
    const page = mailDocument('<p>Hi</p>', look, 'https://desk.test', false)
    expect(page).toContain(
      "default-src 'none'; style-src 'unsafe-inline'; img-src data: blob: https://desk.test\"",
    )
  })

  it('lets remote pictures in only when asked', () => {
    expect(mailDocument('', look, 'https://desk.test', true)).toContain(
      'img-src data: blob: https://desk.test https: http:',
    )
  })

  it('opens links outside and tells nobody where from', () => {
    const page = mailDocument('', look, '', false)
    expect(page).toContain('<base target="_blank">')
    expect(page).toContain('content="no-referrer"')
  })
})

describe('resolveInlineImages', () => {
  it('points cid: at the attachment', () => {
    expect(resolveInlineImages('<img src="cid:img1@mail">', [picture])).toBe('<img src="/f/a.png">')
    expect(resolveInlineImages("<b style='background:url(cid:img1%40mail)'>", [picture])).toContain(
      '(/f/a.png)',
    )
  })

  it('leaves what it does not know', () => {
    expect(resolveInlineImages('<img src="cid:other">', [picture])).toBe('<img src="cid:other">')
  })
})

describe('hasOwnLook', () => {
  it.each(['<table>', '<p style="color:red">', '<td bgcolor="#eee">', '<img src=x>', '<font size=2>'])(
    'sees it in %s',
    (html) => {
      expect(hasOwnLook(html)).toBe(true)
    },
  )

  it('lets plain mails take the colours of the page', () => {
    expect(hasOwnLook('<div><p>Hello<br>you</p><ul><li>a</li></ul></div>')).toBe(false)
  })
})
