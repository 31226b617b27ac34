import { api, type OwnStrain } from '@api'
import { i18n, loadWords } from '@/i18n'
import { queryClient } from './queryClient'
import { toast } from './toasts'

export const STRAIN_KEY = ['strain', 'own']
const LOOK_MS = 60_000
const SHOWN_MS = 60_000
const STORE_KEY = 'ombud.break'

/** Say what one does about a break that was proposed. */
export async function answerBreak(answer: 'taken' | 'not_now'): Promise<void> {
  queryClient.setQueryData(STRAIN_KEY, await api.put<OwnStrain>('/me/strain/break', { answer }))
}

/** Whether a break is proposed that this browser has not shown yet. */
export function isNews(own: OwnStrain, shown: string | null): boolean {
  return own.break_proposed_at !== null && own.break_proposed_at !== shown
}

/** Of those who want their strain watched: a break that is proposed is said, once; returns how to stop. */
export function followStrain(open: () => void): () => void {
  let timer = 0
  async function look(): Promise<void> {
    const own = await api.get<OwnStrain>('/me/strain').catch(() => null)
    if (own) {
      queryClient.setQueryData(STRAIN_KEY, own)
      if (isNews(own, localStorage.getItem(STORE_KEY))) {
        localStorage.setItem(STORE_KEY, own.break_proposed_at ?? '')
        await loadWords('strain')
        const action = { label: i18n.global.t('strain.look'), run: open }
        toast(i18n.global.t('strain.proposed'), { action, milliseconds: SHOWN_MS })
      }
    }
    // who does not want it is asked once an hour: it may be switched on elsewhere
    timer = window.setTimeout(() => void look(), own?.is_on ? LOOK_MS : 60 * LOOK_MS)
  }
  timer = window.setTimeout(() => void look(), LOOK_MS)
  return () => window.clearTimeout(timer)
}
