import { describe, expect, it } from 'vitest'
import {
  clockOf,
  copyDay,
  intervalProblems,
  minutesOf,
  minutesOpen,
  nextInterval,
  sortIntervals,
  type Interval,
  type Weekday,
} from './officeHours'

const at = (weekday: Weekday, from: string, to: string): Interval => ({
  weekday,
  start: minutesOf(from) ?? -1,
  end: minutesOf(to) ?? -1,
})
const morning = at(0, '09:00', '12:00')
const afternoon = at(0, '13:30', '18:00')

describe('minutesOf and clockOf', () => {
  it.each([
    ['00:00', 0],
    ['09:05', 545],
    ['23:59', 1439],
  ])('%s is %i minutes and back', (clock, minutes) => {
    expect(minutesOf(clock)).toBe(minutes)
    expect(clockOf(minutes)).toBe(clock)
  })

  it('shows the end of the day as a clock does', () => expect(clockOf(1440)).toBe('00:00'))
  it.each(['', '9', '25:00', 'noon'])('takes %j for no time', (text) => expect(minutesOf(text)).toBeNull())
})

describe('intervalProblems', () => {
  it('finds nothing wrong with a day in two parts', () => {
    expect(intervalProblems([afternoon, morning, at(1, '00:00', '24:00')])).toEqual({})
  })

  it('allows one to begin where another ends, over midnight too', () => {
    expect(intervalProblems([morning, at(0, '12:00', '13:00')])).toEqual({})
    expect(intervalProblems([at(0, '18:00', '24:00'), at(1, '00:00', '09:00')])).toEqual({})
  })

  it('finds hours without length', () =>
    expect(intervalProblems([at(3, '09:00', '09:00')])).toEqual({ 3: 'empty' }))

  it('finds two that overlap, on the day where they do', () => {
    expect(intervalProblems([morning, at(0, '11:00', '14:00'), at(2, '11:00', '14:00')])).toEqual({
      0: 'overlapping',
    })
  })

  it('allows a night, and finds what it overlaps the day after, Monday after Sunday as well', () => {
    expect(intervalProblems([at(4, '20:00', '02:00')])).toEqual({})
    expect(intervalProblems([at(4, '20:00', '02:00'), at(5, '01:00', '03:00')])).toEqual({ 5: 'overlapping' })
    expect(intervalProblems([at(6, '20:00', '02:00'), at(0, '01:00', '03:00')])).toEqual({ 0: 'overlapping' })
  })
})

describe('nextInterval', () => {
  it('begins with a working day', () => expect(nextInterval([], 4)).toEqual(at(4, '09:00', '18:00')))
  it('goes on after the midday break', () => expect(nextInterval([morning], 0)).toEqual(afternoon))
  it('goes on in the evening', () =>
    expect(nextInterval([morning, afternoon], 0)).toEqual(at(0, '19:00', '21:00')))
  it('ends with the day', () => {
    expect(nextInterval([at(0, '20:00', '23:30')], 0)).toBeNull()
    expect(nextInterval([at(0, '20:00', '02:00')], 0)).toBeNull()
  })

  it('never suggests what is wrong', () => {
    let day: Interval[] = []
    for (let more = nextInterval(day, 0); more; more = nextInterval(day, 0)) day = [...day, more]
    expect(intervalProblems(day)).toEqual({})
  })
})

describe('copyDay', () => {
  it('replaces the hours of other days and keeps its own', () => {
    const copied = copyDay(
      [morning, afternoon, at(1, '10:00', '11:00'), at(6, '10:00', '11:00')],
      0,
      [0, 1, 2],
    )
    expect(copied.filter(({ weekday }) => weekday === 1)).toEqual([
      at(1, '09:00', '12:00'),
      at(1, '13:30', '18:00'),
    ])
    expect(copied.filter(({ weekday }) => weekday === 0)).toHaveLength(2)
    expect(copied.filter(({ weekday }) => weekday === 6)).toEqual([at(6, '10:00', '11:00')])
    expect(copied).toEqual(sortIntervals(copied))
  })
})

describe('minutesOpen', () => {
  it('adds up the week, nights in full', () => {
    expect(minutesOpen([morning, afternoon])).toBe(180 + 270)
    expect(minutesOpen([at(4, '20:00', '02:00')])).toBe(360)
  })
})
