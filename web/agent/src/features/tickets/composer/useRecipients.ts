import type { Address, ComposerKind, Ticket } from '@api'
import { computed, reactive, ref, watch, type Ref } from 'vue'
import { draftOf, touchDraft } from './drafts'

type Which = 'to' | 'cc' | 'bcc'

/** Whom what is being written goes to, and whether the fields for it are shown. */
export function useRecipients(ticket: Ref<Ticket>, kind: Ref<ComposerKind>) {
  const showsCopies = ref(false)
  const wrong = reactive(new Set<Which>())
  const draft = computed(() => draftOf(ticket.value.id, kind.value))
  const isForward = computed(() => kind.value === 'forward')
  const isMail = computed(
    () => isForward.value || (kind.value === 'reply' && ticket.value.reply_by === 'email'),
  )
  // a forward never takes over whom the conversation is with
  const usual = computed(() => (isForward.value ? null : ticket.value.mail))
  const to = computed(() => draft.value.to ?? usual.value?.to ?? [])
  const cc = computed(() => draft.value.cc ?? usual.value?.cc ?? [])
  const bcc = computed(() => draft.value.bcc ?? [])
  const isKnown = computed(() => draft.value.to !== null || ticket.value.mail !== null || isForward.value)
  const hasNobody = computed(() => isMail.value && isKnown.value && to.value.length === 0)
  const isShown = computed(
    () =>
      isMail.value &&
      (isForward.value ||
        showsCopies.value ||
        bcc.value.length > 0 ||
        cc.value.length > 0 ||
        draft.value.to !== null ||
        hasNobody.value),
  )

  function set(which: Which, addresses: Address[]): void {
    draft.value[which] = addresses
    touchDraft(ticket.value.id, kind.value)
  }

  function markWrong(which: Which, isWrong: boolean): void {
    if (isWrong) wrong.add(which)
    else wrong.delete(which)
  }

  // each by itself: a list made anew is never the list of before, and whatever changes of the ticket would count
  watch(
    [() => ticket.value.id, kind],
    () => {
      showsCopies.value = false
      wrong.clear()
    },
  )

  return { to, cc, bcc, isMail, hasNobody, isShown, showsCopies, wrong, set, markWrong }
}
