import type { Id } from '@api'
import { nextTick, ref, watch, type Ref } from 'vue'

interface Reach {
  box: Ref<HTMLElement | undefined>
  isLoading: Ref<boolean>
  loadBackTo: (entryId: Id) => Promise<boolean>
  /** Called before the way there begins, so that nothing else moves the reader. */
  leaveEnd: () => void
}

/** Go to one entry, however far back it stands, and let it stand out until the reader goes on. */
export function useAim(wanted: Ref<Id | null>, reach: Reach): Ref<Id | null> {
  const aimed = ref<Id | null>(null)

  async function goTo(entryId: Id): Promise<void> {
    reach.leaveEnd()
    const isThere = await reach.loadBackTo(entryId).catch(() => false)
    // the reader may have gone elsewhere meanwhile
    if (!isThere || wanted.value !== entryId) return
    aimed.value = entryId
    await nextTick()
    reach.box.value?.querySelector(`[data-entry="${String(entryId)}"]`)?.scrollIntoView({ block: 'center' })
  }

  watch(
    [wanted, reach.isLoading],
    ([entryId, isLoading]) => {
      if (entryId !== aimed.value) aimed.value = null
      if (entryId && !isLoading && aimed.value === null) void goTo(entryId)
    },
    { immediate: true, flush: 'post' },
  )
  return aimed
}
