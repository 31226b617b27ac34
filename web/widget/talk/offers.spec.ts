import { beforeEach, describe, expect, it } from 'vitest'
import { waitText } from '../hours'
import { Problem } from '../problem'
import type { QueueStatus, Wait } from '../types'
import { speak as speakFront } from '../words'
import { isOffered, makeOffers } from './offers'
import { makeTimes } from './times'
import { speak } from './words'

const rates = (low: number, high: number): Wait => ({
  basis: 'rates',
  low_seconds: low * 60,
  high_seconds: high * 60,
})
const waiting = (change: Partial<QueueStatus> = {}): QueueStatus => ({
  state: 'waiting',
  position: 3,
  wait: rates(5, 15),
  callback: null,
  offers: ['call', 'mail'],
  ...change,
})

describe('words for a wait', () => {
  it.each([
    [rates(5, 10), 'about 5 to 10 min', '约 5 到 10 分钟'],
    [rates(0, 5), 'less than 5 min', '不到 5 分钟'],
    [rates(45, 120), 'about 45 min to 2 h', '约 45 分钟 到 2 小时'],
    [rates(90, 180), 'about 1.5 to 3 h', '约 1.5 到 3 小时'],
    [rates(240, 240), 'more than 4 h', '超过 4 小时'],
    [{ basis: 'nobody', low_seconds: null, high_seconds: null } as Wait, '', ''],
    [null, '', ''],
  ])('says %o in both languages', (wait, en, zh) => {
    expect(waitText(wait, speakFront('en'))).toBe(en)
    expect(waitText(wait, speakFront('zh-CN'))).toBe(zh)
  })
})

describe('an offer', () => {
  it.each([
    ['a long wait', waiting(), true],
    ['a short one', waiting({ wait: rates(1, 3) }), false],
    ['nobody there', waiting({ wait: { basis: 'nobody', low_seconds: null, high_seconds: null } }), true],
    [
      'the next one',
      waiting({ position: 1, wait: { basis: 'few', low_seconds: null, high_seconds: null } }),
      false,
    ],
    ['a talk that is taken', waiting({ state: 'assigned' }), false],
    ['a chat that offers nothing', waiting({ offers: [] }), false],
  ])('is made or not: %s', (_, status, isMade) => {
    expect(isOffered(status)).toBe(isMade)
  })
})

describe('offers', () => {
  let asked: unknown[]
  let answer: Problem | null
  let offers: ReturnType<typeof makeOffers>

  beforeEach(() => {
    asked = []
    answer = null
    const say = speak('en')
    offers = makeOffers({
      say,
      times: makeTimes('en', say),
      contact: () => ({ name: '', email: 'rosa@x.example' }),
      callBack: (wish) => {
        asked.push(wish)
        return answer ? Promise.reject(answer) : Promise.resolve()
      },
    })
    document.body.replaceChildren(offers.element)
    offers.draw(waiting())
  })

  const press = (name: string): void =>
    [...offers.element.querySelectorAll('button')].find((one) => one.textContent === name)?.click()
  const field = (): HTMLInputElement => offers.element.querySelector('input') as HTMLInputElement

  it('asks for a number before it asks the desk', () => {
    press('Call me back')
    expect(document.activeElement).toBe(field())
    press('Ask for it')
    expect(asked).toEqual([])
    expect(offers.element.textContent).toContain('Please enter a phone number.')
    field().value = ' 138 0013 8000 '
    press('Ask for it')
    expect(asked).toEqual([{ way: 'call', contact: '138 0013 8000' }])
  })

  it('knows the address that was given', () => {
    press('Answer me by e-mail')
    expect(field().value).toBe('rosa@x.example')
  })

  it('keeps what is typed while the place changes', () => {
    press('Call me back')
    field().value = '138'
    offers.draw(waiting({ position: 2, wait: rates(3, 10) }))
    expect(field().value).toBe('138')
  })

  it('says by when it comes, and takes it back', () => {
    const callback = { way: 'call', contact: '13800138000', due_at: '2026-11-23T07:30:00Z' } as const
    offers.draw(waiting({ callback }))
    expect(offers.element.textContent).toContain('We call you on 13800138000 by')
    press('I wait after all')
    expect(asked).toEqual([null])
  })

  it('says that somebody has the talk by now', async () => {
    answer = new Problem(409, 'not_waiting')
    press('Call me back')
    field().value = '13800138000'
    press('Ask for it')
    await new Promise((resolve) => setTimeout(resolve))
    expect(offers.element.textContent).toContain('Somebody has your talk now.')
  })
})
