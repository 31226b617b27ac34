const BLOCK = /^(#{1,3} |[-*+] |\d{1,3}[.)] |> |```)/
const INLINE =
  /\*\*[^*\n]+\*\*|__[^_\n]+__|`[^`\n]+`|\[[^\]\n]+\]\((?:https?:\/\/|mailto:)[^)\s]+\)|~~[^~\n]+~~/

/** Whether pasted text means to be Markdown: a sign of it at the head of a line, or around words. */
export function isMarkdown(text: string): boolean {
  const lines = text.split('\n')
  const heads = lines.filter((line) => BLOCK.test(line.trimStart()))
  // one dash or number alone may be any line of a mail
  const isList = heads.length > 1 || heads.some((line) => /^(#{1,3} |> |```)/.test(line.trimStart()))
  return isList || INLINE.test(text)
}

const escapeHtml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')

function inline(text: string): string {
  const codes: string[] = []
  const kept = escapeHtml(text).replace(/`([^`]+)`/g, (_, code: string) => {
    codes.push(`<code>${code}</code>`)
    return `\u0000${String(codes.length - 1)}\u0000`
  })
  const marked = kept
    .replace(/\[([^\]]+)\]\(((?:https?:\/\/|mailto:)[^)\s]+)\)/g, '<a href="$2">$1</a>')
    .replace(/\*\*([^*]+)\*\*/g, '<strong>$1</strong>')
    .replace(/(^|\W)__([^_]+)__(?!\w)/g, '$1<strong>$2</strong>')
    .replace(/(^|[^*])\*([^*\s][^*]*)\*(?!\*)/g, '$1<em>$2</em>')
    .replace(/(^|\W)_([^_\s][^_]*)_(?!\w)/g, '$1<em>$2</em>')
    .replace(/~~([^~]+)~~/g, '<s>$1</s>')
  return marked.replace(/\u0000(\d+)\u0000/g, (_, place: string) => codes[Number(place)] ?? '')
}

interface Run {
  kind: 'ul' | 'ol' | 'quote'
  lines: string[]
  start: number
}

function closeRun(run: Run): string {
  if (run.kind === 'quote')
    return `<blockquote>${run.lines.map((line) => `<p>${line}</p>`).join('')}</blockquote>`
  const items = run.lines.map((line) => `<li><p>${line}</p></li>`).join('')
  return run.kind === 'ul' ? `<ul>${items}</ul>` : `<ol start="${String(run.start)}">${items}</ol>`
}

function read(line: string): { kind: Run['kind']; text: string; start: number } | null {
  const bullet = /^[-*+] (.*)$/.exec(line)
  if (bullet) return { kind: 'ul', text: bullet[1] ?? '', start: 1 }
  const number = /^(\d{1,3})[.)] (.*)$/.exec(line)
  if (number) return { kind: 'ol', text: number[2] ?? '', start: Number(number[1]) }
  const quote = /^> ?(.*)$/.exec(line)
  return quote ? { kind: 'quote', text: quote[1] ?? '', start: 1 } : null
}

function block(line: string): string {
  const heading = /^(#{1,3}) (.*)$/.exec(line)
  const level = String(heading?.[1]?.length)
  if (heading) return `<h${level}>${inline(heading[2] ?? '')}</h${level}>`
  return /^(-{3,}|\*{3,})$/.test(line) ? '<hr>' : `<p>${inline(line)}</p>`
}

/** Markdown as the HTML of the editor: a line is a paragraph, a blank line stays one. */
export function htmlOfMarkdown(text: string): string {
  const out: string[] = []
  const runs: Run[] = []
  let code: string[] | null = null
  const flush = (): void => {
    out.push(...runs.splice(0).map(closeRun))
  }
  for (const raw of text.replaceAll('\r\n', '\n').split('\n')) {
    if (raw.trimStart().startsWith('```')) {
      flush()
      if (code) out.push(`<pre><code>${code.join('\n')}</code></pre>`)
      code = code ? null : []
      continue
    }
    if (code) {
      code.push(escapeHtml(raw))
      continue
    }
    const line = raw.trim()
    const found = read(line)
    if (found) {
      if (runs[0]?.kind !== found.kind) {
        flush()
        runs.push({ kind: found.kind, lines: [], start: found.start })
      }
      runs[0]?.lines.push(inline(found.text))
      continue
    }
    flush()
    out.push(block(line))
  }
  flush()
  if (code) out.push(`<pre><code>${code.join('\n')}</code></pre>`)
  return out.join('')
}
