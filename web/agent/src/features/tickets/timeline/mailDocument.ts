import type { Attachment } from '@api'

export interface MailLook {
  ink: string
  ground: string
  accent: string
  font: string
}

/** Mails with a look of their own are shown on paper white; the others take the colours of the page. */
export function hasOwnLook(html: string): boolean {
  return /<(table|style|font|img)\b|\b(bgcolor|background|color)\s*[=:]/i.test(html)
}

/** `cid:` addresses of inline pictures become those of the attachments. */
export function resolveInlineImages(html: string, attachments: Attachment[]): string {
  const byContentId = new Map(
    attachments.filter((file) => file.content_id).map((file) => [file.content_id, file.url]),
  )
  return html.replace(/(["'(])cid:([^"')\s>]+)/gi, (whole, before: string, id: string) => {
    const url = byContentId.get(id) ?? byContentId.get(decodeURIComponent(id))
    return url ? before + url : whole
  })
}

/**
 * A whole document for the sandboxed frame. The sandbox forbids scripts; the policy forbids everything else that is
 * not a style or a picture of ours. Remote pictures would tell the sender who reads when: only if asked for.
 */
export function mailDocument(
  html: string,
  look: MailLook,
  origin: string,
  showsRemoteImages: boolean,
): string {
  const images = `img-src data: blob: ${origin}${showsRemoteImages ? ' https: http:' : ''}`
  const policy = `default-src 'none'; style-src 'unsafe-inline'; ${images}`
  return [
    '<!doctype html><html><head><meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${policy}">`,
    '<meta name="referrer" content="no-referrer"><base target="_blank">',
    `<style>html{overflow:hidden}body{margin:0;font:14px/22px ${look.font};color:${look.ink};background:${look.ground};`,
    'overflow-wrap:anywhere}img{max-width:100%;height:auto}table{max-width:100%}pre{white-space:pre-wrap}',
    `p:first-child{margin-top:0}p:last-child{margin-bottom:0}a{color:${look.accent}}`,
    'blockquote{margin:8px 0 8px 4px;padding-left:10px;border-left:3px solid #8884}',
    'mark{background:none;color:inherit;border-bottom:2px dotted currentColor}',
    'mark.risk{border-bottom:2px solid #c2410c;background:#c2410c22}</style></head>',
    `<body>${html}</body></html>`,
  ].join('')
}
