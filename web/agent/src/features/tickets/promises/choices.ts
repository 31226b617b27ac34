import type { Id, PromiseChoice } from '@api'
import { reactive } from 'vue'

/** What the writer decided about promises in the reply that is being written, by ticket and by their words. */
const chosen = reactive(new Map<Id, Map<string, PromiseChoice>>())

export function choiceOf(ticketId: Id, words: string): PromiseChoice | undefined {
  return chosen.get(ticketId)?.get(words)
}

/** Decide about a promise; undefined: as it was recognised. */
export function choose(ticketId: Id, words: string, choice?: Omit<PromiseChoice, 'words'>): void {
  if (!chosen.has(ticketId)) chosen.set(ticketId, new Map())
  if (choice) chosen.get(ticketId)?.set(words, { words, ...choice })
  else chosen.get(ticketId)?.delete(words)
}

/** All that was decided about a text; what it no longer says is left out. */
export function choicesFor(ticketId: Id, text: string): PromiseChoice[] {
  return [...(chosen.get(ticketId)?.values() ?? [])].filter((one) => text.includes(one.words))
}

export function clearChoices(ticketId: Id): void {
  chosen.delete(ticketId)
}

/** A reply that did not go out is in the composer again, with what was decided. */
export function restoreChoices(ticketId: Id, choices: PromiseChoice[]): void {
  for (const { words, ...choice } of choices) choose(ticketId, words, choice)
}
