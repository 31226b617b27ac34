import type { Attachment } from '@api'
import { h, type FunctionalComponent, type VNode } from 'vue'

const MARKS = new Set(
  'p div br hr h1 h2 h3 h4 strong b em i u s del code pre ul ol li blockquote table thead tbody tr th td mark'.split(
    ' ',
  ),
)

/** Whether HTML is what our own editor writes; a mail program's has looks of its own and is shown apart. */
export function isWritten(html: string): boolean {
  return !/<(?!\/?(?:p|div|br|hr|h[1-4]|strong|b|em|i|u|s|del|code|pre|ul|ol|li|blockquote|a|img|table|thead|tbody|tr|th|td|mark)\b)\w+|\sstyle=/i.test(
    html,
  )
}

function childrenOf(node: Node, files: Attachment[]): (VNode | string)[] {
  return [...node.childNodes].flatMap((child) => draw(child, files))
}

function drawLink(element: Element, files: Attachment[]): VNode | (VNode | string)[] {
  const href = element.getAttribute('href') ?? ''
  const inside = childrenOf(element, files)
  if (!/^(https?:\/\/|mailto:|tel:)/i.test(href)) return inside
  return h('a', { href, target: '_blank', rel: 'noopener noreferrer nofollow' }, inside)
}

function drawPicture(element: Element, files: Attachment[]): VNode | string {
  const name = (element.getAttribute('src') ?? '').replace(/^cid:/, '')
  const alt = element.getAttribute('alt') ?? ''
  const file = files.find((one) => one.content_id === name)
  if (!file) return alt && `[${alt}]`
  return h('a', { href: file.url, target: '_blank', rel: 'noopener', class: 'picture' }, [
    h('img', { src: file.url, alt, loading: 'lazy' }),
  ])
}

function draw(node: Node, files: Attachment[]): VNode | string | (VNode | string)[] {
  if (node.nodeType === Node.TEXT_NODE) return node.textContent ?? ''
  if (!(node instanceof Element)) return []
  const name = node.localName
  if (name === 'a') return drawLink(node, files)
  if (name === 'img') return drawPicture(node, files)
  if (!MARKS.has(name)) return childrenOf(node, files)
  const start = name === 'ol' ? Number(node.getAttribute('start')) : 0
  const inside = childrenOf(node, files)
  // an empty paragraph is a blank line
  const shown = name === 'p' && inside.length === 0 ? [h('br')] : inside
  // what we marked ourselves: personal data, or the words of a risk
  if (name === 'mark')
    return h(
      name,
      {
        class: node.getAttribute('class') === 'risk' ? 'risk' : 'personal',
        title: node.getAttribute('title') ?? '',
      },
      shown,
    )
  return h(name, start > 1 ? { start } : null, shown)
}

/** What colleagues wrote with marks: drawn mark by mark from a short list, so that nothing else can be in it. */
export const RichText: FunctionalComponent<{ html: string; files: Attachment[] }> = ({ html, files }) => {
  const { body } = new DOMParser().parseFromString(html, 'text/html')
  return h('div', { class: 'richText' }, childrenOf(body, files))
}
RichText.props = ['html', 'files']
