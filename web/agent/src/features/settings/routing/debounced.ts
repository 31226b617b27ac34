import { ref, watch, type Ref } from 'vue'

const PAUSE_MS = 200

/** What was typed, once the typing pauses. */
export function refDebounced(typed: Ref<string>): Ref<string> {
  const settled = ref(typed.value)
  let timer = 0
  watch(typed, (text) => {
    window.clearTimeout(timer)
    timer = window.setTimeout(() => (settled.value = text.trim()), PAUSE_MS)
  })
  return settled
}
