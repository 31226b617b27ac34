import type { ComposerKind, Id } from '@api'
import { computed, ref, type Ref } from 'vue'
import { useDesk } from '@/shared/desk'
import { draftOf } from './drafts'
import { findGaps, findMentions, isOurs, type Gap } from './placeholders'
import { planReply } from './planned'
import { sendDraft, stale } from './send'
import { isUploading } from './uploads'

interface Wants {
  ticketId: Ref<Id>
  kind: Ref<ComposerKind>
  hasNobody: Ref<boolean>
  wrong: Set<string>
  selectGap: (gap: Gap, nth: number) => void
  sent: (solved: boolean) => void
}

interface How {
  solves?: boolean
  isForced?: boolean
  contactReason?: string
}

/** Sending what was written, now or later; what is left open in it is shown first. */
export function useSending(wants: Wants) {
  const desk = useDesk()
  const { ticketId, kind } = wants
  const draft = computed(() => draftOf(ticketId.value, kind.value))
  const isNote = computed(() => kind.value === 'note')
  const gaps = computed(() => (isNote.value ? [] : findGaps(draft.value.text)))
  const gapsAreShown = ref(false)
  const planAt = ref('')
  const hasWords = computed(
    () =>
      draft.value.text.trim() !== '' ||
      draft.value.html !== '' ||
      draft.value.files.length > 0 ||
      (kind.value === 'forward' && draft.value.entryIds.length > 0),
  )
  const canSend = computed(() => hasWords.value && !isUploading(draft.value.files) && !wants.hasNobody.value)

  async function send(how: How = {}): Promise<void> {
    if (!canSend.value || wants.wrong.size > 0) return
    const [gap] = gaps.value
    // what the server would refuse is not offered a second time
    if (gap && (!gapsAreShown.value || isOurs(gap))) {
      gapsAreShown.value = true
      return wants.selectGap(gap, 0)
    }
    gapsAreShown.value = false
    const mentions = isNote.value ? findMentions(draft.value.text, desk.people.value) : []
    if (planAt.value) return planFor(planAt.value, how.isForced)
    const isSent = await sendDraft({ ticketId: ticketId.value, kind: kind.value, mentions, ...how })
    if (isSent) wants.sent(how.solves ?? false)
  }

  /** Send later; a newer message is shown first, and `planAt` remembers the time until that is decided. */
  async function planFor(at: string, isForced = false): Promise<void> {
    planAt.value = (await planReply(ticketId.value, at, isForced)) || !stale.has(ticketId.value) ? '' : at
  }

  function plan(at: string): void {
    planAt.value = at
    void send()
    if (gapsAreShown.value) planAt.value = ''
  }

  return { gaps, gapsAreShown, canSend, send, plan }
}
