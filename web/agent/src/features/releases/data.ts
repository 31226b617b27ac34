import { api, type Id, type ReleaseItem, type ReleaseList, type ReleaseNote, type ReleaseRow } from '@api'
import { useQuery } from '@tanstack/vue-query'
import { computed, type Ref } from 'vue'
import { errorText } from '@/shared/errorText'
import { queryClient } from '@/shared/queryClient'
import { toast } from '@/shared/toasts'

export type Which = 'coming' | 'live' | 'past'
export const WHICH: Which[] = ['coming', 'live', 'past']
/** What a readiness list begins with. */
export const FIRST_ITEMS = ['answers', 'scripts', 'training', 'test_cases'] as const
export type ItemKind = ReleaseItem['kind']
export const ITEM_KINDS: ItemKind[] = [...FIRST_ITEMS, 'other']
const DAY_MS = 86_400_000

export function useReleases(which: Ref<Which>) {
  return useQuery({
    queryKey: ['releases', which],
    queryFn: async ({ signal }) =>
      (await api.get<ReleaseList>(`/releases?which=${which.value}`, signal)).items,
  })
}

export function useRelease(id: Ref<Id | null>) {
  return useQuery({
    queryKey: ['releases', 'one', id],
    queryFn: ({ signal }) => api.get<ReleaseNote>(`/releases/${String(id.value)}`, signal),
    enabled: computed(() => id.value !== null),
  })
}

/** Do something to a note; what came of it, or null with the reason told. */
export async function change(request: () => Promise<ReleaseNote>): Promise<ReleaseNote | null> {
  try {
    const note = await request()
    queryClient.setQueryData(['releases', 'one', note.id], note)
    void queryClient.invalidateQueries({ queryKey: ['releases'] })
    return note
  } catch (error) {
    toast(errorText(error), { tone: 'bad' })
    return null
  }
}

export type Tone = 'plain' | 'good' | 'warn' | 'bad' | 'info'

/** How a note stands, as one word and its tone. */
export function stateOf(note: ReleaseRow, now: number): { key: string; tone: Tone } {
  if (note.called_off_at) return { key: 'calledOff', tone: 'plain' }
  if (note.standing !== 'coming') return { key: note.standing ?? 'live', tone: 'good' }
  const isLate = new Date(note.live_at).getTime() <= now
  if (isLate) return { key: 'passed', tone: 'bad' }
  if (note.decision === 'go') return { key: 'go', tone: 'good' }
  if (note.decision === 'no_go') return { key: 'noGo', tone: 'bad' }
  return { key: 'undecided', tone: note.items_done < note.items_all ? 'warn' : 'info' }
}

/** Whether it goes live within two weeks and something of its list is open. */
export function isUnready(note: ReleaseRow, now: number): boolean {
  const left = new Date(note.live_at).getTime() - now
  return (
    note.standing === 'coming' &&
    !note.called_off_at &&
    note.decision !== 'go' &&
    left <= 14 * DAY_MS &&
    note.items_done < note.items_all
  )
}

/** Whole days until a moment; negative: since. */
export const daysTo = (at: string, now: number): number => Math.ceil((new Date(at).getTime() - now) / DAY_MS)

const two = (n: number): string => String(n).padStart(2, '0')

/** A moment as a field for date and time shows it. */
export function forField(at: Date): string {
  const day = `${String(at.getFullYear())}-${two(at.getMonth() + 1)}-${two(at.getDate())}`
  return `${day}T${two(at.getHours())}:${two(at.getMinutes())}`
}

/** So many days later, at ten in the morning. */
export function inDays(days: number, from: number): Date {
  const at = new Date(from + days * DAY_MS)
  at.setHours(10, 0, 0, 0)
  return at
}
