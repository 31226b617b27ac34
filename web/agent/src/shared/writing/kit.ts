import { Extension, markInputRule, type Extensions } from '@tiptap/core'
import { DOMParser as SchemaParser, Slice, Fragment, type Node as DocNode } from '@tiptap/pm/model'
import { Plugin } from '@tiptap/pm/state'
import StarterKit from '@tiptap/starter-kit'
import { htmlOfMarkdown, isMarkdown } from './markdown'
import { Picture } from './picture'

/** HTML without scripts, styles and handlers of events. */
export function withoutHandlers(html: string): string {
  return html
    .replace(/<(script|style)\b[\s\S]*?<\/\1\s*>/gi, '')
    .replace(/<[a-z][^>]*>/gi, (tag) =>
      tag.replace(/[\s/]+(?:on\w+|style|srcdoc)\s*=\s*("[^"]*"|'[^']*'|[^\s>]+)/gi, ' '),
    )
}

/** Pasted text keeps its lines, blank ones too; text that is Markdown becomes what it means. */
const PastedText = Extension.create({
  name: 'pastedText',
  addProseMirrorPlugins() {
    const { editor } = this
    return [
      new Plugin({
        props: {
          // only marks are taken anyway; what could run goes before a browser's policy has to complain of it
          transformPastedHTML: withoutHandlers,
          clipboardTextParser: (text, _context, isPlain) => {
            const { schema } = editor
            if (!isPlain && isMarkdown(text)) {
              const body = new window.DOMParser().parseFromString(htmlOfMarkdown(text), 'text/html').body
              return SchemaParser.fromSchema(schema).parseSlice(body)
            }
            const { paragraph } = schema.nodes
            const lines = text.split(/\r\n?|\n/)
            const made = lines.map((line) => paragraph?.create(null, line ? schema.text(line) : null))
            return new Slice(Fragment.from(made.filter((one): one is DocNode => Boolean(one))), 1, 1)
          },
        },
      }),
    ]
  },
})

/** Marks typed in Markdown: the kit's own rules want a blank before them, which Chinese does not write. */
const BESIDE_HAN: [RegExp, string][] = [
  [/(?<=[\p{Script=Han}\p{P}])(?<!\*)(\*\*(?![\s*])([^*]+)\*\*)$/u, 'bold'],
  [/(?<=[\p{Script=Han}\p{P}])(?<!\*)(\*(?![\s*])([^*]+)\*)$/u, 'italic'],
  [/(?<=[\p{Script=Han}\p{P}])(?<!~)(~~(?![\s~])([^~]+)~~)$/u, 'strike'],
  [/(?<=[\p{Script=Han}\p{P}])(?<!`)(`([^`]+)`)$/u, 'code'],
]
const MarksBesideHan = Extension.create({
  name: 'marksBesideHan',
  addInputRules() {
    const { marks } = this.editor.schema
    return BESIDE_HAN.flatMap(([find, name]) => {
      const type = marks[name]
      return type ? [markInputRule({ find, type })] : []
    })
  },
})

/** TipTap moves the focus with the next frame; a key pressed before it would fall into the field that was left. */
const FocusAtOnce = Extension.create({
  name: 'focusAtOnce',
  addCommands: () => ({
    focus:
      () =>
      ({ view, dispatch }) => {
        if (dispatch) view.focus()
        return true
      },
    blur:
      () =>
      ({ view, dispatch }) => {
        if (!dispatch) return true
        view.dom.blur()
        // Safari keeps the caret otherwise
        window.getSelection()?.removeAllRanges()
        return true
      },
  }),
})

export function editorKit(urlOf: (name: string) => string): Extensions {
  return [
    StarterKit.configure({
      heading: { levels: [1, 2, 3] },
      link: {
        openOnClick: false,
        autolink: true,
        linkOnPaste: true,
        defaultProtocol: 'https',
        HTMLAttributes: { rel: null, target: null, class: null },
      },
    }),
    MarksBesideHan,
    Picture.configure({ urlOf }),
    PastedText,
    FocusAtOnce,
  ]
}

/** Where in the document a piece of its text stands; leaves count as one sign. */
export function findInDoc(doc: DocNode, pattern: RegExp): { from: number; to: number }[] {
  const found: { from: number; to: number }[] = []
  doc.descendants((node, position) => {
    if (!node.isTextblock) return true
    const text = node.textBetween(0, node.content.size, undefined, '\ufffc')
    for (const match of text.matchAll(pattern))
      found.push({ from: position + 1 + match.index, to: position + 1 + match.index + match[0].length })
    return false
  })
  return found
}
