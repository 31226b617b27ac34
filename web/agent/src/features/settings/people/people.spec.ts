import type { Person } from '@api'
import { describe, expect, it } from 'vitest'
import { belongs, findPeople, isAddress } from './people'

const person = (name: string, change: Partial<Person> = {}): Person =>
  ({
    name,
    display_name: '',
    email: `${name}@shop.example`,
    staff_number: '',
    is_active: true,
    invited: false,
    ...change,
  }) as Person
const people = [
  person('Zoe', { staff_number: '1024' }),
  person('Ada', { invited: true }),
  person('Max', { is_active: false, invited: true }),
]
const names = (found: Person[]): string[] => found.map(({ name }) => name)

describe('belongs', () => {
  it('shows who is invited among the active, too', () => {
    expect(names(people.filter((person) => belongs(person, 'active')))).toEqual(['Zoe', 'Ada'])
    expect(names(people.filter((person) => belongs(person, 'invited')))).toEqual(['Ada'])
  })

  it('counts a deactivated person as deactivated only, even if they never came', () => {
    expect(names(people.filter((person) => belongs(person, 'deactivated')))).toEqual(['Max'])
  })
})

describe('findPeople', () => {
  it('sorts by name', () => expect(names(findPeople(people, null, '', 'en'))).toEqual(['Ada', 'Max', 'Zoe']))
  it('finds by staff number, part of an address, any case', () => {
    expect(names(findPeople(people, null, '1024', 'en'))).toEqual(['Zoe'])
    expect(names(findPeople(people, null, 'MAX@', 'en'))).toEqual(['Max'])
  })
  it('wants all words and the filter', () => {
    expect(names(findPeople(people, null, 'ada shop', 'en'))).toEqual(['Ada'])
    expect(findPeople(people, 'deactivated', 'ada', 'en')).toEqual([])
  })
})

describe('isAddress', () => {
  it.each(['a@b', ' lu.qing@shop.example '])('takes %j', (text) => expect(isAddress(text)).toBe(true))
  it.each(['', 'a', 'a@', '@b', 'a b@c', 'a@b, c@d'])('refuses %j', (text) =>
    expect(isAddress(text)).toBe(false),
  )
})
