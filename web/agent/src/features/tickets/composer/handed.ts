import type { Id } from '@api'
import { ref, watch } from 'vue'

/** A text that another part of the page hands to the composer of a ticket. */
const handed = ref<{ ticketId: Id; text: string } | null>(null)

export function handToComposer(ticketId: Id, text: string): void {
  handed.value = { ticketId, text }
}

/** Take what is handed to a ticket's composer, each text once. */
export function onHanded(ticketId: () => Id, take: (text: string) => void): void {
  watch(handed, (one) => {
    if (!one || one.ticketId !== ticketId()) return
    handed.value = null
    take(one.text)
  })
}
