import { api, type Offer, type OfferFrame } from '@api'
import { useQuery } from '@tanstack/vue-query'
import { computed } from 'vue'
import { playSound } from '@/shared/alerts'
import { queryClient } from '@/shared/queryClient'
import { onStream } from '@/stream'

const KEY = ['routing', 'offers']
export const reasons = ['conflict', 'skill', 'occupied', 'other'] as const
export type DeclineReason = (typeof reasons)[number]

/** An offer with the moment at which it is over by the clock of this machine, which may differ from the server's. */
export type Shown = Offer & { until: number }

/** What is on the screen after a frame; null: it has to be asked for. */
export function withFrame(shown: Shown[], frame: OfferFrame): Shown[] | null {
  if (frame.state === 'open') return shown.some((one) => one.id === frame.offer_id) ? shown : null
  return shown.filter((one) => one.id !== frame.offer_id)
}

/** Whole seconds that are left, and the share of the time that has passed. */
export function left(one: Shown, now: number): { seconds: number; share: number } {
  const whole = Math.max(Date.parse(one.expires_at) - Date.parse(one.offered_at), 1)
  const rest = Math.min(Math.max(one.until - now, 0), whole)
  return { seconds: Math.ceil(rest / 1000), share: 1 - rest / whole }
}

export function useOffers() {
  const query = useQuery({
    queryKey: KEY,
    queryFn: async ({ signal }) => {
      const { items } = await api.get<{ items: Offer[] }>('/me/offers', signal)
      return items.map((one): Shown => ({ ...one, until: Date.now() + one.seconds * 1000 }))
    },
    shallow: true,
  })
  return { offers: computed(() => query.data.value ?? []) }
}

/** Follow what is offered and what is over; returns how to stop. */
export function followOffers(missed: () => void): () => void {
  return onStream('offer', (frame) => {
    const next = withFrame(queryClient.getQueryData<Shown[]>(KEY) ?? [], frame)
    if (next) queryClient.setQueryData(KEY, next)
    else {
      playSound()
      void queryClient.invalidateQueries({ queryKey: KEY })
    }
    if (frame.state === 'missed') missed()
  })
}

function drop(offerId: number): void {
  queryClient.setQueryData<Shown[]>(KEY, (old) => old?.filter((one) => one.id !== offerId))
}

/** Take what is offered; gives the ticket. */
export async function acceptOffer(one: Offer): Promise<number> {
  try {
    await api.put(`/me/offers/${String(one.id)}/acceptance`, {})
    return one.ticket_id
  } finally {
    drop(one.id)
  }
}

export async function declineOffer(one: Offer, reason: string): Promise<void> {
  try {
    await api.put(`/me/offers/${String(one.id)}/refusal`, { reason })
  } finally {
    drop(one.id)
  }
}
