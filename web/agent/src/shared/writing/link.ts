/** Where typed words lead: '' for nowhere, null for what is no address of the net, a mailbox or a telephone. */
export function linkTarget(typed: string): string | null {
  const text = typed.trim()
  if (!text) return ''
  if (/^(https?:\/\/|mailto:|tel:)\S+$/i.test(text)) return text
  if (/^[^\s@:/]+@[^\s@:/]+\.[^\s@:/]+$/.test(text)) return `mailto:${text}`
  if (/^[^\s:/?#]+\.[^\s:/?#]{2,}(:\d+)?([/?#]\S*)?$/.test(text)) return `https://${text}`
  return null
}
