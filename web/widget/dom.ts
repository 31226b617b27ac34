type Attributes = Record<string, string | boolean | number | EventListener | null>
export type Child = Node | string | null | false

/** Makes an element. Functions become listeners; nothing is ever parsed as HTML or set as a style attribute. */
export function el<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') element.addEventListener(name.slice(2), value)
    else set(element, name, value)
  }
  fill(element, ...children)
  return element
}

export function set(element: Element, name: string, value: string | boolean | number | null): void {
  if (value === false || value === null) element.removeAttribute(name)
  else if (element.getAttribute(name) !== String(value))
    element.setAttribute(name, value === true ? '' : String(value))
}

export function fill(element: Element, ...children: Child[]): void {
  element.replaceChildren(
    ...children.filter((child): child is Node | string => child !== null && child !== false),
  )
}

export function show(element: HTMLElement, isShown: boolean): void {
  if (element.hidden === isShown) element.hidden = !isShown
}

export function say(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text
}

const SVG = 'http://www.w3.org/2000/svg'

/** Strokes on a 24 px grid. */
export function draw(strokes: string): SVGSVGElement {
  const svg = document.createElementNS(SVG, 'svg')
  const path = document.createElementNS(SVG, 'path')
  svg.setAttribute('viewBox', '0 0 24 24')
  svg.setAttribute('aria-hidden', 'true')
  svg.setAttribute('class', 'i')
  path.setAttribute('d', strokes)
  svg.append(path)
  return svg
}

const ICONS = {
  chat: 'M12 3.5c-5 0-9 3.4-9 7.7 0 2.4 1.3 4.6 3.3 6-.1 1.2-.6 2.3-1.4 3.2 1.9-.1 3.6-.7 5-1.7.7.1 1.4.2 2.1.2 5 0 9-3.4 9-7.700S17 3.5 12 3.500zM8.5 11.200h.01M12 11.200h.01M15.5 11.200h.01',
  down: 'M6 9.500l6 6 6-6',
  cross: 'M6 6l12 12M18 6L6 18',
  send: 'M12 19V5M5.5 11.500L12 5l6.5 6.5',
  clip: 'M20 11.500l-8 8a5 5 0 01-7-7l8.5-8.500a3.4 3.4 0 014.8 4.800L9.9 17.200a1.7 1.7 0 01-2.4-2.400l7.6-7.6',
}

export const icon = (name: keyof typeof ICONS): SVGSVGElement => draw(ICONS[name])
