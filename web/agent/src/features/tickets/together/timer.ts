import type { Id } from '@api'
import { onBeforeUnmount, ref, watch, type Ref } from 'vue'

/** Time that a page was in front of somebody's eyes; it stops when the page is hidden. */
export class Stopwatch {
  private counted = 0
  private since: number | null = null

  get isRunning(): boolean {
    return this.since !== null
  }

  start(now: number): void {
    this.since ??= now
  }

  pause(now: number): void {
    if (this.since !== null) this.counted += now - this.since
    this.since = null
  }

  seconds(now: number): number {
    const running = this.since === null ? 0 : now - this.since
    return Math.floor((this.counted + running) / 1_000)
  }
}

/** A timer for the ticket on the screen. What it has counted is handed over when it is stopped or the ticket is left. */
export function useTimer(ticketId: Ref<Id>, enter: (id: Id, seconds: number) => void) {
  const seconds = ref(0)
  const isOn = ref(false)
  const isPaused = ref(false)
  let watchOf = new Stopwatch()
  let ticking = 0

  function show(): void {
    seconds.value = watchOf.seconds(Date.now())
  }

  function start(): void {
    isOn.value = true
    watchOf = new Stopwatch()
    watchOf.start(Date.now())
    ticking = window.setInterval(show, 1_000)
    show()
  }

  function stop(id: Id): void {
    if (!isOn.value) return
    watchOf.pause(Date.now())
    window.clearInterval(ticking)
    isOn.value = false
    isPaused.value = false
    const spent = watchOf.seconds(Date.now())
    seconds.value = 0
    if (spent > 0) enter(id, Math.min(spent, 86_400))
  }

  function turn(): void {
    if (!isOn.value) return
    isPaused.value = document.hidden
    if (document.hidden) watchOf.pause(Date.now())
    else watchOf.start(Date.now())
    show()
  }

  document.addEventListener('visibilitychange', turn)
  watch(ticketId, (_, before) => stop(before))
  onBeforeUnmount(() => {
    document.removeEventListener('visibilitychange', turn)
    stop(ticketId.value)
  })
  return { seconds, isOn, isPaused, start, stop: () => stop(ticketId.value) }
}
