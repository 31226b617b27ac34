import { Editor } from '@tiptap/core'
import { describe, expect, it } from 'vitest'
import { articleKit, newTable, saysTheSame } from './nodes'

function through(html: string): string {
  const editor = new Editor({ extensions: articleKit(() => ''), content: html })
  const made = editor.getHTML()
  editor.destroy()
  return made
}

describe('articles in the editor', () => {
  it.each([
    '<h2>How</h2><p>One <strong>two</strong> <a href="https://x.example">three</a></p>',
    '<table><thead><tr><th>a</th><th>b</th></tr></thead><tbody><tr><td>1 <b>x</b></td><td colspan="2">2</td></tr></tbody></table>',
    '<p>{{block:contact}}</p><p>{{shop}} <img src="cid:file-3" alt="A pump"></p>',
    '<ol><li><p>one</p></li><li><p>two</p></li></ol><blockquote><p>said</p></blockquote>',
  ])('come out as they went in: %s', (html) => expect(saysTheSame(html, through(html))).toBe(true))

  it.each([
    '<h4>Small</h4><p>x</p>',
    '<p>H<sub>2</sub>O</p>',
    '<table><tr><td><ul><li>a</li></ul></td></tr></table>',
  ])('are known to lose something: %s', (html) => expect(saysTheSame(html, through(html))).toBe(false))

  it('can hold a new table', () => {
    const editor = new Editor({ extensions: articleKit(() => ''), content: '<p></p>' })
    editor.commands.insertContent(newTable(3))
    expect(editor.getHTML().match(/<th>/g)).toHaveLength(3)
    expect(editor.getHTML().match(/<td>/g)).toHaveLength(6)
    editor.destroy()
  })
})
