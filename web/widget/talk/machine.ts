import { el, fill, show, type Child } from '../dom'
import type { Message } from '../types'
import type { Say } from '../words'
import type { Row } from './thread'
import type { Word } from './words'

/** Whether a person is still to be asked for: the newest word of the desk is none of a person's. */
export function isWithMachine(rows: Row[], isMachineOn: boolean): boolean {
  const newest = rows.filter(({ message }) => message.direction === 'out').at(-1)?.message
  if (!newest) return isMachineOn && rows.length > 0
  return !!newest.machine && newest.machine.kind !== 'hand_over'
}

/** The answer that is to be judged: the newest of the desk, as long as nothing was said of it. */
export function toJudge(rows: Row[]): number {
  const newest = rows.filter(({ message }) => message.direction === 'out').at(-1)?.message
  return newest?.machine?.kind === 'answer' && newest.machine.helped === null ? newest.id : 0
}

export interface MachineOptions {
  say: Say<Word>
  origin: string
  helped(entryId: number): void
  askPerson(): void
}

/** What stands below a message that a machine wrote: that it did, from what, and whether it helped. */
export function machineLines(message: Message, isJudged: boolean, options: MachineOptions): Child[] {
  const { machine } = message
  if (!machine) return []
  const { say } = options
  const mark = machine.kind === 'answer' && !machine.is_worded ? say('quoted') : say('byMachine')
  const lines: Child[] = [el('div', { class: 'by-machine' }, el('span', { class: 'ai' }, 'AI'), mark)]
  if (machine.title) lines.push(source(machine.title, machine.path, options))
  if (isJudged) lines.push(question(message.id, options))
  else if (machine.helped) lines.push(el('div', { class: 'by-machine', role: 'status' }, say('helpedThanks')))
  return lines
}

function source(title: string, path: string, { say, origin }: MachineOptions): HTMLElement {
  const link = { class: 'source', target: '_blank', rel: 'noopener noreferrer' }
  const text = say('source', title)
  return path ? el('a', { ...link, href: new URL(path, origin).href }, text) : el('div', link, text)
}

function question(entryId: number, { say, helped, askPerson }: MachineOptions): HTMLElement {
  const verb = (word: Word, onclick: () => void) =>
    el('button', { type: 'button', class: 'verb', onclick }, say(word))
  return el(
    'div',
    { class: 'judge', role: 'group', 'aria-label': say('didHelp') },
    el('span', {}, say('didHelp')),
    verb('helpedYes', () => helped(entryId)),
    verb('person', askPerson),
  )
}

/** The way to a person: below the talk for as long as none has it. */
export function makePersonBar(say: Say<Word>, askPerson: () => void) {
  const element = el('div', { class: 'to-person', hidden: true })
  fill(element, el('button', { type: 'button', class: 'verb', onclick: askPerson }, say('person')))
  return { element, draw: (isShown: boolean) => show(element, isShown) }
}
