import type { Person } from '@api'

export type PeopleFilter = 'active' | 'invited' | 'deactivated'

export const filterOf = (person: Person): PeopleFilter => {
  if (!person.is_active) return 'deactivated'
  return person.invited ? 'invited' : 'active'
}

/** People whom a filter and some typed words leave, by name. */
export function findPeople(
  people: Person[],
  filter: PeopleFilter | null,
  typed: string,
  locale: string,
): Person[] {
  const wanted = typed.trim().toLowerCase().split(/\s+/).filter(Boolean)
  const words = (person: Person): string =>
    `${person.name} ${person.display_name} ${person.email} ${person.staff_number}`.toLowerCase()
  return people
    .filter((person) => filter === null || filterOf(person) === filter)
    .filter((person) => wanted.every((word) => words(person).includes(word)))
    .sort((a, b) => a.name.localeCompare(b.name, locale))
}

export const isAddress = (text: string): boolean => /^[^@\s<>",;]+@[^@\s<>",;]+$/.test(text.trim())
