import type { Person } from '@api'
import { describe, expect, it } from 'vitest'
import { filterOf, findPeople, isAddress } from './people'

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

describe('filterOf', () => {
  it('counts a deactivated person as deactivated, even if they never came', () => {
    expect(people.map(filterOf)).toEqual(['active', 'invited', 'deactivated'])
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
    expect(findPeople(people, 'active', 'ada', 'en')).toEqual([])
  })
})

describe('isAddress', () => {
  it.each(['a@b', ' lu.qing@shop.example '])('takes %j', (text) => expect(isAddress(text)).toBe(true))
  it.each(['', 'a', 'a@', '@b', 'a b@c', 'a@b, c@d'])('refuses %j', (text) =>
    expect(isAddress(text)).toBe(false),
  )
})
