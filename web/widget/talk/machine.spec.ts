import { describe, expect, it, vi } from 'vitest'
import { el } from '../dom'
import type { Machine, Message } from '../types'
import { isWithMachine, machineLines, makePersonBar, shownText, toChoose, toJudge } from './machine'
import type { Row } from './thread'
import { speak } from './words'

const answer: Machine = {
  kind: 'answer',
  title: '如何退货',
  path: '/help/zh-CN/articles/returns',
  is_worded: false,
  helped: null,
}
const row = (id: number, more: Partial<Message> = {}): Row => ({
  key: String(id),
  outgoing: null,
  message: {
    id,
    client_key: null,
    direction: 'out',
    author_name: '',
    at: '2026-01-01T00:00:00Z',
    text: 'text',
    attachments: [],
    read_at: null,
    ...more,
  },
})
const question = row(1, { direction: 'in' })

function drawn(message: Message, isJudged: boolean) {
  const options = {
    say: speak('zh-CN'),
    origin: 'https://desk.example',
    helped: vi.fn(),
    askPerson: vi.fn(),
    choose: vi.fn(),
  }
  return { element: el('div', {}, ...machineLines(message, isJudged, options)), options }
}

describe('a message of the machine', () => {
  it('says that AI made it, with its source', () => {
    const { element } = drawn(row(2, { machine: answer }).message, false)
    expect(element.textContent).toContain('由 AI 生成')
    const link = element.querySelector('a')
    expect(link?.href).toBe('https://desk.example/help/zh-CN/articles/returns')
    expect(link?.textContent).toBe('来源：如何退货')
  })

  it('asks whether it helped, with the way to a person beside it', () => {
    const { element, options } = drawn(row(2, { machine: answer }).message, true)
    const [yes, person] = element.querySelectorAll('button')
    yes?.click()
    person?.click()
    expect(options.helped).toHaveBeenCalledWith(2)
    expect(options.askPerson).toHaveBeenCalledOnce()
  })

  it('asks nothing any more once something was said', () => {
    const { element } = drawn(row(2, { machine: { ...answer, helped: true } }).message, false)
    expect(element.querySelector('button')).toBeNull()
    expect(element.textContent).toContain('很高兴能帮到您')
  })

  it('leaves messages of people alone', () => {
    expect(drawn(row(2).message, false).element.childElementCount).toBe(0)
  })
})

describe('what can be chosen', () => {
  const machine: Machine = { ...answer, kind: 'ask', title: '', path: '', choices: ['怎么退货', '退款多久到账'] }
  const asking = row(2, { machine, text: '您想问的是下面哪一个？\n1. 怎么退货\n2. 退款多久到账' })

  it('stands below the question as buttons, each of which says it', () => {
    expect(shownText(asking.message)).toBe('您想问的是下面哪一个？')
    const { element, options } = drawn(asking.message, true)
    const [, second] = element.querySelectorAll('button')
    second?.click()
    expect(options.choose).toHaveBeenCalledWith('退款多久到账')
    expect(element.querySelector('.judge')).toBeNull()
  })

  it('is open until something else was said', () => {
    expect(toChoose([question, asking])).toBe(2)
    expect(toChoose([asking, row(3, { direction: 'in' })])).toBe(0)
    const { element } = drawn(asking.message, false)
    expect([...element.querySelectorAll('button')].every((one) => one.disabled)).toBe(true)
  })
})

describe('toJudge', () => {
  it('is the newest answer until something was said of it', () => {
    expect(toJudge([question, row(2, { machine: answer })])).toBe(2)
    expect(toJudge([row(2, { machine: { ...answer, helped: false } })])).toBe(0)
    expect(toJudge([row(2, { machine: answer }), row(3)])).toBe(0)
  })
})

describe('the way to a person', () => {
  it('is there from the first message on, until a person has it', () => {
    const handed = row(3, { machine: { ...answer, kind: 'hand_over' } })
    expect(isWithMachine([], true)).toBe(false)
    expect(isWithMachine([question], true)).toBe(true)
    expect(isWithMachine([question], false)).toBe(false)
    expect(isWithMachine([question, row(2, { machine: answer })], false)).toBe(true)
    expect(isWithMachine([question, handed], true)).toBe(false)
    expect(isWithMachine([question, row(2, { author_name: 'Lin' })], true)).toBe(false)
  })

  it('is one button', () => {
    const ask = vi.fn()
    const bar = makePersonBar(speak('en'), ask)
    bar.draw(true)
    bar.element.querySelector('button')?.click()
    expect(bar.element.hidden).toBe(false)
    expect(ask).toHaveBeenCalledOnce()
  })
})
