import {
  api,
  type ChannelBrief,
  type Id,
  type PersonBrief,
  type PresenceState,
  type Status,
  type Team,
} from '@api'
import { useQuery } from '@tanstack/vue-query'
import { computed, type ComputedRef } from 'vue'
import { useI18n } from 'vue-i18n'
import { queryClient } from './queryClient'

/** Names of the lists that the whole desk shares. */
export type DeskList = 'people' | 'teams' | 'statuses' | 'channels'

const paths: Record<DeskList, string> = {
  people: '/people/brief',
  // those put away as well: old tickets and timelines name them
  teams: '/teams?archived=true',
  statuses: '/statuses',
  channels: '/channels',
}

function useList<T extends { id: Id }>(
  list: DeskList,
): { items: ComputedRef<T[]>; byId: ComputedRef<Map<Id, T>> } {
  const query = useQuery({
    queryKey: ['desk', list],
    queryFn: async ({ signal }) => (await api.get<{ items: T[] }>(paths[list], signal)).items,
    staleTime: Infinity,
    shallow: true,
  })
  const items = computed(() => query.data.value ?? [])
  return { items, byId: computed(() => new Map(items.value.map((item) => [item.id, item]))) }
}

/** People, teams, statuses and channels by id, with the names to show. */
export function useDesk() {
  const { locale } = useI18n()
  const people = useList<PersonBrief>('people')
  const teams = useList<Team>('teams')
  const statuses = useList<Status>('statuses')
  const channels = useList<ChannelBrief>('channels')
  return {
    people: people.items,
    /** Those at work: what may be chosen. */
    teams: computed(() => teams.items.value.filter((team) => !team.is_archived)),
    statuses: statuses.items,
    channels: channels.items,
    person: (id: Id | null) => (id === null ? undefined : people.byId.value.get(id)),
    team: (id: Id | null) => (id === null ? undefined : teams.byId.value.get(id)),
    status: (id: Id | null) => (id === null ? undefined : statuses.byId.value.get(id)),
    channel: (id: Id | null) => (id === null ? undefined : channels.byId.value.get(id)),
    statusName: (id: Id | null) => {
      const found = id === null ? undefined : statuses.byId.value.get(id)
      return found ? (locale.value === 'zh-CN' ? found.name_zh : found.name_en) : ''
    },
  }
}

export type Desk = ReturnType<typeof useDesk>

/** A colleague came, went or stepped away. */
export function patchPresence(personId: Id, presence: PresenceState): void {
  queryClient.setQueryData<PersonBrief[]>(['desk', 'people'], (old) =>
    old?.map((one) => (one.id === personId ? { ...one, presence } : one)),
  )
}
