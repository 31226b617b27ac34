import type { Shelf } from './shelf'
import type { Contact } from './types'

/** Who the visitor said they are; it goes with their messages and proves nothing. */
export function readContact(shelf: Shelf): Contact {
  try {
    return JSON.parse(shelf.get('contact') ?? '') as Contact
  } catch {
    return { name: '', email: '' }
  }
}

/** Answers to the desk's questions; they go with the first message that is taken, and are forgotten then. */
export function readAnswers(shelf: Shelf): Record<string, unknown> | null {
  try {
    return JSON.parse(shelf.get('answers') ?? 'null') as Record<string, unknown> | null
  } catch {
    return null
  }
}

export function keepAnswers(shelf: Shelf, answers: Record<string, unknown> | null): void {
  if (answers && Object.keys(answers).length) shelf.set('answers', JSON.stringify(answers))
  else shelf.remove('answers')
}

export function keepContact(shelf: Shelf, contact: Contact): void {
  shelf.set('contact', JSON.stringify(contact))
}
