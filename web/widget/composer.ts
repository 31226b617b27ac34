import type { Config } from './types'
import type { Say, Word } from './words'
import { el, icon, say as write, set, show } from './dom'

export interface ComposerOptions {
  say: Say<Word>
  config: Config
  /** False: something is missing first; the text stays. */
  send(text: string): boolean
  typed(length: number): void
  /** How many files go with the text; null: not all of them are there yet. */
  filesReady(): number | null
  addFiles(files: Iterable<File>): void
}

export interface Composer {
  element: HTMLFormElement
  /** Where chosen files are shown. */
  tray: HTMLElement
  focus(): void
  complain(text: string): void
  /** Looks whether the message can be sent. */
  look(): void
}

export const MAX_TEXT = 10_000

/** The line in which the visitor writes. */
export function makeComposer({ say, config, ...options }: ComposerOptions): Composer {
  const input = el('textarea', {
    rows: 1,
    maxlength: MAX_TEXT,
    placeholder: say('write'),
    'aria-label': say('message'),
    enterkeyhint: 'send',
    oninput: changed,
    onkeydown: ((event: KeyboardEvent) => {
      // Enter may only choose a word of an input method (拼音); old Safari says so by the code 229 alone.
      if (event.key !== 'Enter' || event.shiftKey || event.isComposing || event.keyCode === 229) return
      event.preventDefault()
      submit()
    }) as EventListener,
    onpaste: ((event: ClipboardEvent) => options.addFiles(event.clipboardData?.files ?? [])) as EventListener,
  })
  const picker = el('input', {
    type: 'file',
    multiple: true,
    hidden: true,
    accept: config.file_types.join(),
    onchange: () => {
      options.addFiles([...(picker.files ?? [])])
      picker.value = ''
    },
  })
  const tool = (kind: string, word: Word, image: 'send' | 'clip', type = 'button') =>
    el('button', { type, class: kind, 'aria-label': say(word), title: say(word) }, icon(image))
  const tray = el('div', { class: 'chips' })
  const complaint = el('p', { class: 'complaint', role: 'alert', hidden: true })
  const sendButton = tool('send', 'send', 'send', 'submit')
  const attach = tool('tool', 'attach', 'clip')
  attach.addEventListener('click', () => picker.click())
  const bar = el('div', { class: 'bar' }, config.file_max_bytes > 0 && attach, input, sendButton)
  const element = el('form', { class: 'composer', novalidate: true }, complaint, tray, bar, picker)
  element.addEventListener('submit', (event) => {
    event.preventDefault()
    submit()
  })

  function complain(text: string): void {
    write(complaint, text)
    show(complaint, !!text)
  }

  function changed(): void {
    input.style.height = 'auto'
    input.style.height = `${input.scrollHeight}px`
    options.typed(input.value.length)
    look()
  }

  function look(): void {
    const files = options.filesReady()
    const isReady = files !== null && (files > 0 || !!input.value.trim())
    set(sendButton, 'aria-disabled', isReady ? null : 'true')
  }

  function submit(): void {
    if (sendButton.hasAttribute('aria-disabled') || !options.send(input.value.trim())) return
    input.value = ''
    complain('')
    changed()
    input.focus()
  }

  look()
  return { element, tray, focus: () => input.focus(), complain, look }
}
