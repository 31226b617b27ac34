import type { Row } from './thread'
import type { Say } from '../words'
import type { Attachment, Promised } from '../types'
import { icon } from './icons'
import { linked } from './linked'
import { machineLines, shownText, toChoose, toJudge, type MachineOptions } from './machine'
import type { Word } from './words'
import { el, fill, set, type Child } from '../dom'
import type { Times } from './times'

export interface MessagesOptions {
  say: Say<Word>
  times: Times
  origin: string
  retry(clientKey: string): void
  drop(clientKey: string): void
  helped: MachineOptions['helped']
  askPerson: MachineOptions['askPerson']
  choose: MachineOptions['choose']
}

/** A new group begins with another side, another name, or after this. */
const GROUP_MS = 300_000
const REASONS: Record<string, Word> = { text_too_long: 'tooLong', blocked: 'blocked' }

/** The list of messages; each line is made once and changed in place, so that nothing jumps or is read out twice. */
export function makeMessages(element: HTMLOListElement, options: MessagesOptions): (rows: Row[]) => void {
  const { say, times } = options
  const lines = new Map<string, { line: HTMLLIElement; mark: string }>()

  function file(attachment: Attachment): HTMLElement {
    const href = attachment.url && new URL(attachment.url, options.origin).href
    const link = el('a', {
      class: 'file',
      href,
      target: '_blank',
      rel: 'noopener noreferrer',
      download: attachment.name,
    })
    // Only pictures that every browser shows without running anything.
    if (href && /^image\/(png|jpe?g|gif|webp)$/.test(attachment.type)) {
      set(link, 'class', 'picture')
      link.append(el('img', { src: href, alt: attachment.name, loading: 'lazy' }))
    } else {
      const name = el('span', { class: 'file-name' }, attachment.name)
      link.append(icon('file'), name, el('small', {}, times.size(attachment.size)))
    }
    return link
  }

  function promised({ due_at: at, is_kept: isKept }: Promised): HTMLElement {
    return el('div', { class: 'promised' }, say(isKept ? 'kept' : 'promised', times.moment(at)))
  }

  function foot({ message, outgoing }: Row, isLast: boolean): Child[] {
    if (outgoing?.state === 'failed') {
      const reason = say(REASONS[outgoing.problem ?? ''] ?? 'refused')
      const verb = (word: Word, act: (key: string) => void) =>
        el('button', { type: 'button', class: 'verb', onclick: () => act(outgoing.client_key) }, say(word))
      return [
        el('span', { class: 'bad' }, say('failed', reason)),
        verb('retry', options.retry),
        verb('discard', options.drop),
      ]
    }
    if (outgoing?.state === 'waiting') return [say(navigator.onLine ? 'sending' : 'waiting')]
    if (!isLast) return []
    if (message.direction === 'out') return [times.clock(message.at)]
    return [
      times.clock(message.at),
      ' · ',
      say(message.read_at ? 'read' : 'sent'),
      icon(message.read_at ? 'twice' : 'once'),
    ]
  }

  function build(row: Row, isFirst: boolean, isLast: boolean, day: string, isOpen: boolean): Child[] {
    const { message } = row
    const desk = message.machine ? say('machine') : message.author_name || say('agent')
    const name = message.direction === 'out' ? desk : say('you')
    const footer = foot(row, isLast)
    return [
      day ? el('span', { class: 'day' }, day) : null,
      el('span', { class: message.direction === 'out' && isFirst ? 'author' : 'hide' }, name),
      message.text ? el('div', { class: 'bubble' }, ...linked(shownText(message))) : null,
      ...message.attachments.map(file),
      ...(message.promises ?? []).map(promised),
      ...machineLines(message, isOpen, options),
      footer.length > 0 && el('div', { class: 'foot' }, ...footer),
    ]
  }

  function update(rows: Row[]): void {
    const wanted: HTMLLIElement[] = []
    const sameGroup = (a?: Row, b?: Row) =>
      !!a &&
      !!b &&
      a.message.direction === b.message.direction &&
      a.message.author_name === b.message.author_name &&
      !a.message.machine === !b.message.machine &&
      Math.abs(Date.parse(a.message.at) - Date.parse(b.message.at)) < GROUP_MS
    const open = [toJudge(rows), toChoose(rows)]
    let lastDay = ''
    rows.forEach((row, i) => {
      const day = times.day(row.message.at)
      const isNewDay = day !== lastDay
      lastDay = day
      const isFirst = isNewDay || !sameGroup(rows[i - 1], row)
      const next = rows[i + 1]
      const isLast =
        !sameGroup(row, next) ||
        (!row.outgoing && !!next?.outgoing) ||
        row.message.read_at !== next?.message.read_at
      const { message, outgoing } = row
      const mark = [
        isFirst,
        isLast,
        isNewDay && day,
        message.read_at,
        outgoing?.state,
        message.text,
        JSON.stringify(message.promises ?? []),
        message.machine && [message.machine.helped, open.includes(message.id)],
        navigator.onLine,
      ].join()
      const known = lines.get(row.key) ?? { line: el('li'), mark: '' }
      if (known.mark !== mark) {
        set(
          known.line,
          'class',
          `${message.direction}${isFirst ? ' first' : ''}${outgoing?.state === 'waiting' ? ' pale' : ''}`,
        )
        fill(known.line, ...build(row, isFirst, isLast, isNewDay ? day : '', open.includes(message.id)))
        lines.set(row.key, { line: known.line, mark })
      }
      wanted.push(known.line)
    })
    const keys = new Set(rows.map((row) => row.key))
    for (const key of lines.keys()) if (!keys.has(key)) lines.delete(key)
    wanted.forEach((line, i) => {
      if (element.children[i] !== line) element.insertBefore(line, element.children[i] ?? null)
    })
    while (element.children.length > wanted.length) element.lastElementChild?.remove()
  }

  element.replaceChildren()
  return update
}
