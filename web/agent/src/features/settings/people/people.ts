import type { Person } from '@api'

export type PeopleFilter = 'active' | 'invited' | 'deactivated'

/** Whether somebody belongs to a filter; who is invited counts as active, so that they are seen where they were added. */
export function belongs(person: Person, filter: PeopleFilter): boolean {
  if (filter === 'deactivated') return !person.is_active
  return person.is_active && (filter === 'active' || person.invited)
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
    .filter((person) => filter === null || belongs(person, filter))
    .filter((person) => wanted.every((word) => words(person).includes(word)))
    .sort((a, b) => a.name.localeCompare(b.name, locale))
}

export const isAddress = (text: string): boolean => /^[^@\s<>",;]+@[^@\s<>",;]+$/.test(text.trim())
