import { toast } from '@/shared/toasts'
import { api, type Team } from '@api'
import { useListCache } from '../data'
import { toastProblem } from '../problemText'

/** How to fetch all lists of teams anew after one was put away or came back. */
export function useTeamLists(): () => Promise<void> {
  const live = useListCache<Team>('teams', 'teams')
  const archived = useListCache<Team>('teams-archived')
  return async () => {
    await Promise.all([live.refresh(), archived.refresh()])
  }
}

/** Bring an archived team back. */
export async function restoreTeam(
  team: Team,
  refresh: () => Promise<void>,
  t: (key: string, values: Record<string, unknown>) => string,
): Promise<void> {
  try {
    await api.delete(`/teams/${String(team.id)}/archive`)
    await refresh()
    toast(t('settings.team.wasRestored', { name: team.name }), { tone: 'good' })
  } catch (error) {
    toastProblem(error)
  }
}
