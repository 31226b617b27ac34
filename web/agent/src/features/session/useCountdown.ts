import { ApiError } from '@api'
import { computed, onScopeDispose, ref, type ComputedRef } from 'vue'

const UNKNOWN_S = 60

/** Seconds to wait if `error` says that there were too many attempts, else null. */
export function waitSeconds(error: unknown): number | null {
  if (!(error instanceof ApiError) || error.status !== 429) return null
  const said = Number(error.body.retry_after_seconds)
  return Number.isFinite(said) && said > 0 ? Math.ceil(said) : UNKNOWN_S
}

/** 75 → 1:15 */
export function clock(seconds: number): string {
  return `${String(Math.floor(seconds / 60))}:${String(seconds % 60).padStart(2, '0')}`
}

interface Countdown {
  seconds: ComputedRef<number>
  start: (seconds: number) => void
}

/** Counts down to 0 by the clock, so that a sleeping laptop wakes up with the right figure. */
export function useCountdown(): Countdown {
  const until = ref(0)
  const present = ref(Date.now())
  const timer = window.setInterval(() => (present.value = Date.now()), 250)
  onScopeDispose(() => window.clearInterval(timer))
  return {
    seconds: computed(() => Math.max(0, Math.ceil((until.value - present.value) / 1000))),
    start: (seconds) => {
      present.value = Date.now()
      until.value = present.value + seconds * 1000
    },
  }
}
