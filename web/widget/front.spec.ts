import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { brandColours, contrast, parseColour } from './colour'
import { makeComposer } from './composer'
import { makeDetails } from './details'
import { isThere, statusText } from './hours'
import { backOffMs } from './http'
import { makePrepared } from './prepared'
import { asProblem, Problem, readRetryAfter } from './problem'
import { openShelf } from './shelf'
import { isTypeAllowed } from './talk/tray'
import { linked } from './talk/linked'
import type { Config } from './types'
import { pickLocale, speak } from './words'

const config: Config = {
  name: 'Shop',
  color: '#0d7a6f',
  greeting: {},
  pre_chat: { name: true, email: 'required' },
  questions: [],
  office: { is_open: true, opens_at: null },
  away_message: {},
  wait: { basis: 'rates', low_seconds: 180, high_seconds: 600 },
  file_max_bytes: 1000,
  file_types: [],
  locale_default: 'en',
}

describe('colour', () => {
  it.each(['#0d7a6f', '#ffd400', '#ffffff', '#000000', '#e8590c', '#777777', '#f0f', 'nonsense'])(
    'keeps %s readable',
    (text) => {
      const colours = brandColours(text)
      const rgb = (name: string) =>
        (colours[name]?.match(/\d+/g) ?? []).map(Number) as [number, number, number]
      expect(contrast(rgb('--brand'), rgb('--on-brand'))).toBeGreaterThanOrEqual(4.5)
      expect(contrast(rgb('--brand-deep'), rgb('--on-brand'))).toBeGreaterThanOrEqual(4.5)
      expect(contrast(rgb('--brand-light-ink'), [255, 255, 255])).toBeGreaterThanOrEqual(4.5)
      expect(contrast(rgb('--brand-dark-ink'), [27, 31, 30])).toBeGreaterThanOrEqual(4.5)
    },
  )

  it('reads short and long colours and nothing else', () => {
    expect(parseColour('#fff')).toEqual([255, 255, 255])
    expect(parseColour('red;}')).toBeNull()
  })
})

describe('problems', () => {
  it.each([
    [400, true],
    [401, false],
    [403, true],
    [429, false],
    [500, false],
    [0, false],
  ])('knows whether %d is final', (status, isFinal) => {
    expect(new Problem(status, '').isFinal).toBe(isFinal)
  })

  it('takes any other error for a lost connection', () => {
    expect(asProblem(new TypeError('Failed to fetch')).status).toBe(0)
  })

  it('reads both kinds of Retry-After', () => {
    expect(readRetryAfter('12')).toBe(12)
    expect(readRetryAfter('Thu, 01 Jan 1970 00:00:10 GMT', 0)).toBe(10)
    expect(readRetryAfter(null)).toBe(0)
  })

  it('waits longer each time, never longer than it must, at least as long as asked', () => {
    expect(backOffMs(0, 0, 0.5)).toBe(1000)
    expect(backOffMs(3, 0, 0.5)).toBe(8000)
    expect(backOffMs(50, 0, 0.5)).toBe(30_000)
    expect(backOffMs(0, 60, 0.5)).toBe(60_000)
  })
})

describe('shelf', () => {
  beforeEach(() => localStorage.clear())

  it('keeps things apart by prefix', () => {
    openShelf('a:', localStorage).set('x', '1')
    expect(openShelf('b:', localStorage).get('x')).toBeNull()
    expect(openShelf('a:', localStorage).names('')).toEqual(['x'])
  })

  it('works in memory where the browser forbids storage', () => {
    const shelf = openShelf('a:', null)
    shelf.set('q:2', 'b')
    shelf.set('q:1', 'a')
    expect(shelf.names('q:')).toEqual(['q:1', 'q:2'])
    shelf.remove('q:1')
    expect(shelf.get('q:1')).toBeNull()
  })

  it('keeps in memory what does not fit', () => {
    const full = {
      ...localStorage,
      setItem: () => {
        throw new DOMException('full')
      },
      getItem: () => null,
      removeItem: () => undefined,
    }
    const shelf = openShelf('a:', full as unknown as Storage)
    shelf.set('x', 'kept')
    expect(shelf.get('x')).toBe('kept')
  })
})

describe('words', () => {
  it('takes the first wish that it speaks', () => {
    expect(pickLocale([undefined, 'de', 'zh-TW', 'en'], 'en')).toBe('zh-CN')
    expect(pickLocale(['de'], 'zh-CN')).toBe('zh-CN')
    expect(pickLocale(['zhuang', 'en-GB'], 'zh-CN')).toBe('en')
  })

  it('fills in values', () => {
    expect(speak('zh-CN')('unread', 3)).toBe('3 条未读')
  })

  it('tells the wait, and when nobody is there, until when', () => {
    expect(statusText(config, 'en', speak('en'))).toBe('We are here for you · Wait: about 3 to 10 min')
    const away = {
      ...config,
      office: { is_open: false, opens_at: new Date(Date.now() + 2 * 86_400_000).toISOString() },
    }
    expect(statusText(away, 'zh-CN', speak('zh-CN'))).toMatch(/^客服暂时不在线 · 星期. \d\d:\d\d恢复服务$/)
  })
})

describe('details', () => {
  const details = makeDetails(config.pre_chat, speak('en'))
  const field = (name: string) => details.element.querySelector<HTMLInputElement>(`#ombud-${name}`)
  beforeEach(() => document.body.replaceChildren(details.element))

  it('asks for what is missing and marks the field', () => {
    expect(details.read()).toBeNull()
    expect(field('name')?.getAttribute('aria-invalid')).toBe('true')
    expect(document.activeElement).toBe(field('name'))
  })

  it.each(['anna', 'anna@', 'anna@example', 'a b@example.com'])('refuses the address %s', (address) => {
    details.fill({ name: 'Anna', email: address })
    expect(details.read()).toBeNull()
  })

  it('gives what was typed, trimmed', () => {
    details.fill({ name: ' 安娜 ', email: 'anna@example.com ' })
    expect(details.read()).toEqual({ name: '安娜', email: 'anna@example.com' })
  })
})

describe('composer', () => {
  const sent: string[] = []
  let isTaken = true
  const composer = makeComposer({
    say: speak('en'),
    config,
    send: (text) => isTaken && !!sent.push(text),
    typed: vi.fn(),
    filesReady: () => 0,
    addFiles: vi.fn(),
  })
  const input = composer.element.querySelector('textarea') as HTMLTextAreaElement
  const write = (text: string) => {
    input.value = text
    input.dispatchEvent(new Event('input'))
  }
  const press = (init: KeyboardEventInit) =>
    input.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', cancelable: true, ...init }))
  afterEach(() => sent.splice(0))

  it('sends on Enter and empties the line', () => {
    write(' hello ')
    press({})
    expect(sent).toEqual(['hello'])
    expect(input.value).toBe('')
  })

  it('makes a new line on Shift+Enter', () => {
    write('hello')
    expect(press({ shiftKey: true })).toBe(true)
    expect(sent).toEqual([])
  })

  it('leaves Enter to the input method while it composes', () => {
    write('ni hao')
    press({ isComposing: true })
    expect(sent).toEqual([])
  })

  it('sends no empty message', () => {
    write('   ')
    press({})
    expect(sent).toEqual([])
  })

  it('keeps the text when something is missing first', () => {
    isTaken = false
    write('hello')
    press({})
    isTaken = true
    expect(input.value).toBe('hello')
  })
})

describe('whether somebody is there', () => {
  const open = { is_open: true, opens_at: null }
  it.each([
    ['rates', true],
    ['few', true],
    ['nobody', false],
    ['closed', false],
  ] as const)('says it by the dot for %s', (basis, is) => {
    const wait = { basis, low_seconds: null, high_seconds: null }
    expect(isThere({ office: open, wait })).toBe(is)
    expect(isThere({ office: { ...open, is_open: false }, wait })).toBe(false)
  })
})

describe('prepared answers', () => {
  const items = [
    {
      id: 7,
      question: { en: 'Where is my parcel?' },
      answer: { 'zh-CN': '延迟两天。', en: 'Two days late.' },
    },
    { id: 8, question: { 'zh-CN': '如何退款？' }, answer: { 'zh-CN': '三天内。' } },
  ]
  const begin = (shelf = openShelf('x:', null)) => {
    const told: [number, string][] = []
    const list = makePrepared({
      items,
      locale: 'en',
      shelf,
      say: speak('en'),
      tell: (id, what) => told.push([id, what]),
    })
    return { list, told, asks: [...list.element.querySelectorAll<HTMLElement>('.ask')] }
  }

  it('answers by one click and counts what is done once', () => {
    const { list, told, asks } = begin()
    list.seen()
    list.seen()
    asks[0]?.click()
    asks[0]?.click()
    asks[0]?.click()
    const answer = list.element.querySelector<HTMLElement>('#ombud-answer-7')
    expect(answer?.hidden).toBe(false)
    expect(answer?.textContent).toContain('Two days late.')
    answer?.querySelectorAll<HTMLElement>('.verbs button')[1]?.click()
    expect(told).toEqual([
      [7, 'shown'],
      [8, 'shown'],
      [7, 'opened'],
      [7, 'not_helped'],
    ])
    expect(answer?.textContent).toContain('Write to us below')
  })

  it('shows the other language where there is no own', () => {
    expect(begin().asks.map((one) => one.textContent)).toEqual(['Where is my parcel?', '如何退款？'])
  })

  it('remembers what was told and folds once', () => {
    const shelf = openShelf('y:', null)
    begin(shelf).list.seen()
    const { list, told } = begin(shelf)
    list.seen()
    expect(told).toEqual([])
    list.fold()
    expect(list.element.open).toBe(false)
    list.element.open = true
    list.fold()
    expect(list.element.open).toBe(true)
  })
})

describe('files and links', () => {
  it('allows types by name and by family', () => {
    expect(isTypeAllowed('image/png', ['image/*'])).toBe(true)
    expect(isTypeAllowed('image/svg+xml', ['image/png'])).toBe(false)
    expect(isTypeAllowed('anything', [])).toBe(true)
  })

  it('links web addresses without the punctuation after them', () => {
    const [before, link, after] = linked('见 https://a.example/x。谢谢')
    expect([before, (link as HTMLAnchorElement).href, after]).toEqual([
      '见 ',
      'https://a.example/x',
      '。谢谢',
    ])
  })

  it('never makes markup of text', () => {
    expect(linked('<img src=x onerror=alert(1)> javascript:alert(1)')).toEqual([
      '<img src=x onerror=alert(1)> javascript:alert(1)',
    ])
  })
})
