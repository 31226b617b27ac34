import { mount, type VueWrapper } from '@vue/test-utils'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { defineComponent, h } from 'vue'
import { commands, keyLabel, pressKey, useCommands, type Command } from './commands'

let desk: VueWrapper
const ran = vi.fn()

function command(id: string, keys: string): Command {
  return { id, keys, label: id, group: 'list', run: () => ran(id) }
}

function offer(list: Command[]): VueWrapper {
  return mount(
    defineComponent({
      setup() {
        useCommands(() => list)
        return () => h('input')
      },
    }),
    { attachTo: document.body },
  )
}

function key(
  name: string,
  change: KeyboardEventInit = {},
  target: EventTarget = document.body,
): KeyboardEvent {
  const event = new KeyboardEvent('keydown', { key: name, cancelable: true, bubbles: true, ...change })
  Object.defineProperty(event, 'target', { value: target })
  return event
}

beforeEach(() => {
  ran.mockClear()
  desk = offer([
    command('next', 'j'),
    command('inbox', 'g i'),
    command('send', 'mod+Enter'),
    command('team', 'g t'),
  ])
})
afterEach(() => desk.unmount())

describe('pressKey', () => {
  it('runs the command of a key and takes the key', () => {
    const event = key('j')
    expect(pressKey(event)).toBe(true)
    expect(ran).toHaveBeenCalledWith('next')
    expect(event.defaultPrevented).toBe(true)
  })

  it('runs a command by its second key, unless Enter presses what has the focus', () => {
    const list = offer([{ ...command('open', 'o'), alsoKeys: 'Enter' }])
    for (const one of ['button', 'a', 'input'])
      expect(pressKey(key('Enter', {}, document.createElement(one)))).toBe(false)
    expect(pressKey(key('Enter'))).toBe(true)
    expect(ran).toHaveBeenCalledWith('open')
    list.unmount()
  })

  it('runs a sequence whose keys follow each other soon', () => {
    expect(pressKey(key('g'), 1_000)).toBe(false)
    expect(pressKey(key('i'), 1_500)).toBe(true)
    expect(ran).toHaveBeenCalledWith('inbox')
  })

  it('forgets the first key of a sequence after a while', () => {
    pressKey(key('g'), 1_000)
    expect(pressKey(key('i'), 3_000)).toBe(false)
  })

  it('leaves letters to the text that is being written', () => {
    expect(pressKey(key('j', {}, desk.element))).toBe(false)
    expect(ran).not.toHaveBeenCalled()
  })

  it('hears letters on a tick and on a choice, which nobody writes in', () => {
    for (const type of ['checkbox', 'radio', 'file']) {
      const field = document.createElement('input')
      field.type = type
      expect(pressKey(key('j', {}, field))).toBe(true)
    }
    expect(ran).toHaveBeenCalledTimes(3)
  })

  it('leaves letters to lists of choices, which go to what begins with them', () => {
    expect(pressKey(key('j', {}, document.createElement('select')))).toBe(false)
  })

  it('hears combinations while writing', () => {
    expect(pressKey(key('Enter', { ctrlKey: true }, desk.element))).toBe(true)
    expect(pressKey(key('Enter', { metaKey: true }, desk.element))).toBe(true)
  })

  it('leaves keys to an input method that composes', () => {
    expect(pressKey(key('j', { isComposing: true }))).toBe(false)
  })

  it('does nothing behind a dialog', () => {
    const dialog = document.createElement('div')
    dialog.setAttribute('role', 'dialog')
    expect(pressKey(key('j', {}, dialog))).toBe(false)
  })
})

describe('commands', () => {
  it('go with the component that offers them', () => {
    const other = offer([command('more', 'x')])
    expect(commands.value.map((one) => one.id)).toContain('more')
    other.unmount()
    expect(commands.value.map((one) => one.id)).not.toContain('more')
  })
})

describe('keyLabel', () => {
  it.each([
    ['j', 'J'],
    ['g i', 'G I'],
    ['mod+Enter', 'Ctrl ⏎'],
  ])('writes %s as %s', (keys, label) => {
    expect(keyLabel(keys)).toBe(label)
  })
})
