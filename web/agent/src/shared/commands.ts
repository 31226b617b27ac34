import { computed, onBeforeUnmount, onMounted, shallowReactive, type Component } from 'vue'

export type CommandGroup = 'list' | 'ticket' | 'write' | 'go' | 'help'

/** What is nearest at hand comes first. */
export const groupOrder: CommandGroup[] = ['ticket', 'write', 'list', 'go', 'help']

/** Something the person can do now: reached by a key, the palette and the overlay alike. */
export interface Command {
  id: string
  label: string
  group: CommandGroup
  /** `j`, `mod+k`, or a sequence as `g i`. */
  keys?: string
  /** A second key for the same, which the overlay need not tell. */
  alsoKeys?: string
  icon?: Component
  run: () => void
}

const sources = shallowReactive(new Set<() => Command[]>())

/** All commands of the mounted components; of two with the same id the later one counts. */
export const commands = computed(() => {
  const byId = new Map<string, Command>()
  for (const source of sources) for (const command of source()) byId.set(command.id, command)
  return [...byId.values()]
})

/** Offer commands as long as this component is mounted. `list` is reactive. */
export function useCommands(list: () => Command[]): void {
  onMounted(() => sources.add(list))
  onBeforeUnmount(() => sources.delete(list))
}

const SEQUENCE_MS = 900
let first = ''
let firstAt = 0

/** Fields that are pressed, not written in: a tick that has the focus swallows no letter. */
const PRESSED = /^(button|checkbox|color|file|image|radio|range|reset|submit)$/

/** Whether keys belong to the text that is being written. */
export function isWriting(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false
  if (target instanceof HTMLInputElement && PRESSED.test(target.type)) return false
  return target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName)
}

/** The name of a pressed key as commands write it. */
export function keyName(event: KeyboardEvent): string {
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key
  const name = event.ctrlKey || event.metaKey ? `mod+${event.shiftKey ? 'shift+' : ''}${key}` : key
  return name
}

function find(keys: string): Command | undefined {
  return commands.value.findLast((command) => command.keys === keys || command.alsoKeys === keys)
}

/** Run what a key stands for; true if it stood for something. */
export function pressKey(event: KeyboardEvent, at = performance.now()): boolean {
  if (event.isComposing || event.altKey || event.defaultPrevented) return false
  const name = keyName(event)
  const isCombination = name.startsWith('mod+')
  if (!isCombination && (isWriting(event.target) || isInDialog(event.target))) return false
  if (name === 'Enter' && isPressed(event.target)) return false
  const sequence = first && at - firstAt < SEQUENCE_MS ? `${first} ${name}` : ''
  const command = (sequence && find(sequence)) || find(name)
  const opensSequence = commands.value.some((one) => one.keys?.startsWith(`${name} `))
  first = !sequence && opensSequence ? name : ''
  firstAt = at
  if (!command) return false
  event.preventDefault()
  command.run()
  return true
}

/** Whether Enter presses what has the focus. */
function isPressed(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    target.closest('a,button,input,summary,[role="button"],[role="option"],[role="tab"]') !== null
  )
}

function isInDialog(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement && target.closest('[role="dialog"],[role="menu"],[role="listbox"]') !== null
  )
}

const isMac = /Mac|iPhone|iPad/.test(navigator.userAgent)

/** Keys as people read them: ⌘K on a Mac, Ctrl K elsewhere. */
export function keyLabel(keys: string): string {
  return keys
    .replace('mod+', isMac ? '⌘' : 'Ctrl ')
    .replace('shift+', isMac ? '⇧' : 'Shift ')
    .replace('alt+', isMac ? '⌥' : 'Alt ')
    .replace('Enter', '⏎')
    .replace('Escape', 'Esc')
    .split(' ')
    .map((part) => (part.length === 1 ? part.toUpperCase() : part))
    .join(' ')
}
