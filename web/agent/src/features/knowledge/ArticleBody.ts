import { h, type FunctionalComponent, type VNode } from 'vue'

const MARKS = new Set(
  'p div br hr h1 h2 h3 h4 strong b em i u s del code pre ul ol li blockquote table thead tbody tr th td sub sup mark'.split(
    ' ',
  ),
)
const NUMBERS = new Set(['colspan', 'rowspan', 'start'])

const drawAll = (node: Node): (VNode | string)[] => [...node.childNodes].flatMap(draw)

function drawLink(element: Element): VNode | (VNode | string)[] {
  const href = element.getAttribute('href') ?? ''
  const isOurs = href.startsWith('/knowledge/')
  if (!isOurs && !/^(https?:\/\/|mailto:|tel:)/i.test(href)) return drawAll(element)
  const outside = isOurs ? {} : { target: '_blank', rel: 'noopener noreferrer nofollow' }
  return h('a', { href, ...outside }, drawAll(element))
}

function drawPicture(element: Element): VNode | string {
  const src = element.getAttribute('src') ?? ''
  const alt = element.getAttribute('alt') ?? ''
  if (!src.startsWith('/api/v1/knowledge/files/')) return alt && `[${alt}]`
  return h('img', { src, alt, loading: 'lazy' })
}

function draw(node: Node): VNode | string | (VNode | string)[] {
  if (node.nodeType === Node.TEXT_NODE) return node.textContent ?? ''
  if (!(node instanceof Element)) return []
  const name = node.localName
  if (name === 'a') return drawLink(node)
  if (name === 'img') return drawPicture(node)
  if (!MARKS.has(name)) return drawAll(node)
  const given = [...node.attributes].filter((one) => NUMBERS.has(one.name) && /^\d{1,6}$/.test(one.value))
  return h(name, Object.fromEntries(given.map((one) => [one.name, one.value])), drawAll(node))
}

/** An article as it is read: drawn mark by mark from a short list, so that nothing else can be in it. */
export const ArticleBody: FunctionalComponent<{ html: string; lang?: string }> = ({ html, lang }) => {
  const { body } = new DOMParser().parseFromString(html, 'text/html')
  return h('div', { class: 'articleBody', lang }, drawAll(body))
}
ArticleBody.props = ['html', 'lang']
