import { h, type FunctionalComponent, type VNode } from 'vue'

const MARKS = new Set('p br h1 h2 h3 h4 strong b em i u s code pre ul ol li blockquote'.split(' '))

const drawAll = (node: Node): (VNode | string)[] => [...node.childNodes].flatMap(draw)

function draw(node: Node): VNode | string | (VNode | string)[] {
  if (node.nodeType === Node.TEXT_NODE) return node.textContent ?? ''
  if (!(node instanceof Element)) return []
  const href = node.getAttribute('href') ?? ''
  if (node.localName === 'a' && /^(https?:\/\/|mailto:|tel:)/i.test(href))
    return h('a', { href, target: '_blank', rel: 'noopener noreferrer nofollow' }, drawAll(node))
  return MARKS.has(node.localName) ? h(node.localName, drawAll(node)) : drawAll(node)
}

/** What a notice says, drawn mark by mark from a short list, so that nothing else can be in it. */
export const NoticeBody: FunctionalComponent<{ html: string }> = ({ html }) => {
  const { body } = new DOMParser().parseFromString(html, 'text/html')
  return h('div', { class: 'said' }, drawAll(body))
}
NoticeBody.props = ['html']
