import { api, type Id, type Looker } from '@api'
import { onBeforeUnmount, onMounted, reactive, watch, type Ref } from 'vue'

/** A beat also brings the others: what a killed browser left is gone with the first beat after 20 s. */
const BEAT_MS = 8_000
const WRITING_MS = 6_000

/** Who has a ticket on the screen, by ticket. */
export const lookersOf = reactive(new Map<Id, Looker[]>())

/** This window among those of its person. */
const tab = crypto.randomUUID()
let current: Id | null = null
let doing: Looker['doing'] = 'looking'
let quietTimer = 0
/** Calls go one after another, so that the last word is the last to arrive. */
let chain: Promise<unknown> = Promise.resolve()

const path = (id: Id): string => `/tickets/${String(id)}/looking`
const lookOf = (id: Id): string => `${path(id)}?tab=${tab}`

function inTurn(ask: () => Promise<unknown>): void {
  chain = chain.then(ask, ask).catch(() => undefined)
}

function say(id: Id): void {
  inTurn(async () => {
    if (current !== id || document.hidden) return
    const { items } = await api.put<{ items: Looker[] }>(path(id), { tab, doing })
    if (current === id) lookersOf.set(id, items)
  })
}

function leave(id: Id): void {
  lookersOf.delete(id)
  inTurn(() => api.delete(lookOf(id)))
}

/** The person writes on a ticket: colleagues see whether it is a reply or a note. */
export function tellWriting(id: Id, kind: 'reply' | 'note'): void {
  window.clearTimeout(quietTimer)
  quietTimer = window.setTimeout(stopWriting, WRITING_MS)
  if (doing === kind || current !== id) return
  doing = kind
  say(id)
}

function stopWriting(): void {
  window.clearTimeout(quietTimer)
  if (doing === 'looking') return
  doing = 'looking'
  if (current !== null) say(current)
}

/** What the stream tells of a ticket's lookers. */
export function hearLooking(frame: { ticket_id: Id; lookers: Looker[] }): void {
  if (frame.ticket_id === current) lookersOf.set(frame.ticket_id, frame.lookers)
}

/** Show colleagues that this window has a ticket on the screen, as long as it is to be seen. */
export function useLooking(ticketId: Ref<Id>): void {
  let timer = 0
  const beat = (): void => {
    if (current !== null) say(current)
  }
  const turn = (): void => {
    if (current === null) return
    if (document.hidden) leave(current)
    else say(current)
  }
  watch(
    ticketId,
    (id) => {
      if (current !== null && current !== id) leave(current)
      doing = 'looking'
      current = id
      say(id)
    },
    { immediate: true },
  )
  // the page goes: nothing of it can wait its turn any more
  const goAway = (): void => {
    if (current !== null) api.deleteInLeaving(lookOf(current)).catch(() => undefined)
  }
  onMounted(() => {
    timer = window.setInterval(beat, BEAT_MS)
    window.addEventListener('pagehide', goAway)
    document.addEventListener('visibilitychange', turn)
  })
  onBeforeUnmount(() => {
    window.clearInterval(timer)
    window.clearTimeout(quietTimer)
    document.removeEventListener('visibilitychange', turn)
    window.removeEventListener('pagehide', goAway)
    const id = current
    current = null
    if (id !== null) leave(id)
  })
}
