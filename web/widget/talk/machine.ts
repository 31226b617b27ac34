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

/** The message whose choices are open: the very last of the talk. */
export function toChoose(rows: Row[]): number {
  const newest = rows.at(-1)?.message
  return newest?.machine?.choices?.length ? newest.id : 0
}

export interface MachineOptions {
  say: Say<Word>
  origin: string
  choose(title: string): void
  helped(entryId: number): void
  askPerson(): void
}

/** The text of a message; what can be chosen stands below it as buttons, not in it as lines. */
export function shownText({ text, machine }: Message): string {
  const choices = machine?.choices?.length ?? 0
  return choices ? text.split('\n').slice(0, -choices).join('\n') : text
}

/** What stands below a message that a machine wrote: that it did, from what, and whether it helped. */
export function machineLines(message: Message, isOpen: boolean, options: MachineOptions): Child[] {
  const { machine } = message
  if (!machine) return []
  const { say } = options
  const mark = machine.kind === 'answer' && !machine.is_worded ? say('quoted') : say('byMachine')
  const lines: Child[] = [el('div', { class: 'by-machine' }, el('span', { class: 'ai' }, 'AI'), mark)]
  if (machine.choices?.length) lines.push(choices(machine.choices, isOpen, options))
  if (machine.title) lines.push(source(machine.title, machine.path, options))
  if (isOpen && machine.kind === 'answer') lines.push(question(message.id, options))
  else if (machine.helped) lines.push(el('div', { class: 'by-machine', role: 'status' }, say('helpedThanks')))
  return lines
}

function choices(titles: string[], isOpen: boolean, { say, choose }: MachineOptions): HTMLElement {
  const button = (title: string) =>
    el('button', { type: 'button', class: 'verb', disabled: !isOpen, onclick: () => choose(title) }, title)
  return el('div', { class: 'choices', role: 'group', 'aria-label': say('choices') }, ...titles.map(button))
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
