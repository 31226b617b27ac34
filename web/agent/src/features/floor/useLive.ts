import { api, type Adherence, type Alarm, type BreakWaiting, type Live, type LiveFrame } from '@api'
import { useQuery } from '@tanstack/vue-query'
import { computed, onBeforeUnmount, onMounted, watch } from 'vue'
import { queryClient } from '@/shared/queryClient'
import { onStream, streamState } from '@/stream'
import { withFrame } from './live'

const LIVE = ['floor', 'live']
const WATCH_MS = 45_000
const ADHERENCE_MS = 60_000

/** The floor as it is now: loaded once, then told of each change; loaded again after the line was lost. */
export function useLive() {
  // what comes while the first answer is under way is newer than it
  let early: LiveFrame[] = []
  const query = useQuery({
    queryKey: LIVE,
    queryFn: async ({ signal }) => {
      early = []
      const found = await api.get<Live>('/live', signal)
      return early.reduce(withFrame, found)
    },
    staleTime: 5_000,
    refetchOnWindowFocus: true,
    shallow: true,
  })
  const alarms = useQuery({
    queryKey: ['floor', 'alarms'],
    queryFn: async ({ signal }) => (await api.get<{ items: Alarm[] }>('/live/alarms', signal)).items,
    staleTime: 5_000,
  })
  const breaks = useQuery({
    queryKey: ['floor', 'breaks'],
    queryFn: async ({ signal }) => (await api.get<{ items: BreakWaiting[] }>('/live/breaks', signal)).items,
    staleTime: 5_000,
  })
  const adherence = useQuery({
    queryKey: ['floor', 'adherence'],
    queryFn: async ({ signal }) => (await api.get<{ items: Adherence[] }>('/live/adherence', signal)).items,
    refetchInterval: ADHERENCE_MS,
  })
  const stop = onStream('live', (frame) => {
    early.push(frame)
    queryClient.setQueryData<Live>(LIVE, (old) => old && withFrame(old, frame))
  })
  let timer = 0
  onMounted(
    () =>
      (timer = window.setInterval(() => void api.put('/live/watching', {}).catch(() => undefined), WATCH_MS)),
  )
  watch(streamState, (state) => {
    if (state === 'live') void queryClient.invalidateQueries({ queryKey: ['floor'] })
  })
  onBeforeUnmount(() => {
    stop()
    window.clearInterval(timer)
  })
  return {
    query,
    live: computed(() => query.data.value),
    alarms: computed(() => alarms.data.value ?? []),
    breaks: computed(() => breaks.data.value ?? []),
    adherence: computed(() => new Map((adherence.data.value ?? []).map((one) => [one.person_id, one]))),
  }
}
