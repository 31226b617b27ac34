import { el } from './dom'

/** Styles that a strict policy of the host page lets pass: it forbids <style> and style="", not the object model. */
export function dress(root: ShadowRoot, css: string): void {
  try {
    const sheet = new CSSStyleSheet()
    sheet.replaceSync(css)
    root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet]
  } catch {
    root.append(el('style', {}, css))
  }
}
