import { nameIn } from '@/shared/fields'
import { api, type Skill, type TeamRouting } from '@api'
import { useQuery, useQueryClient } from '@tanstack/vue-query'
import { computed } from 'vue'
import { useI18n } from 'vue-i18n'

/** The skills that there are, by kind and name, with their names in the reader's language. */
export function useSkills() {
  const { locale } = useI18n()
  const query = useQuery({
    queryKey: ['desk', 'skills'],
    queryFn: async ({ signal }) => (await api.get<{ items: Skill[] }>('/skills', signal)).items,
    staleTime: 30_000,
  })
  const client = useQueryClient()
  const skills = computed(() => query.data.value ?? [])
  const byId = computed(() => new Map(skills.value.map((one) => [one.id, one])))
  return {
    query,
    skills,
    /** Those in use: what may be chosen. */
    live: computed(() => skills.value.filter((one) => !one.is_archived)),
    nameOf: (id: number): string => {
      const found = byId.value.get(id)
      return found ? nameIn(locale.value, found) : `#${String(id)}`
    },
    refresh: () => client.invalidateQueries({ queryKey: ['desk', 'skills'] }),
  }
}

/** How work reaches the people of each team. */
export function useTeamRouting() {
  const query = useQuery({
    queryKey: ['desk', 'team-routing'],
    queryFn: async ({ signal }) => (await api.get<{ items: TeamRouting[] }>('/team-routing', signal)).items,
    staleTime: 30_000,
  })
  return { query, teams: computed(() => query.data.value ?? []) }
}
