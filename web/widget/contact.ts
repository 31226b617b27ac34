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

export function keepContact(shelf: Shelf, contact: Contact): void {
  shelf.set('contact', JSON.stringify(contact))
}
