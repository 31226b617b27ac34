import { api, type FloorRules, type Id } from '@api'
import { useQuery } from '@tanstack/vue-query'

interface Rules {
  items: FloorRules[]
  silence_seconds: number
}

/** How the floor is watched; ``staleTime`` in milliseconds. Whoever asks shares one answer of one shape. */
export function useFloorRules(staleTime = 5_000) {
  const query = useQuery({
    queryKey: ['floor', 'rules'],
    queryFn: ({ signal }) => api.get<Rules>('/floor-rules', signal),
    staleTime,
  })
  const rulesOf = (teamId: Id): FloorRules | undefined =>
    query.data.value?.items.find((one) => one.team_id === teamId)
  return { query, rulesOf }
}
