import {
  api,
  type Estimate,
  type Id,
  type MyCall,
  type ShippedScenario,
  type SimulatedSide,
  type SimulationRun,
  type SurgeBoard,
  type SurgeMeasures,
  type SurgePlanSpec,
  type SurgeRunDetails,
} from '@api'
import { useQuery } from '@tanstack/vue-query'
import { computed, type Ref } from 'vue'
import { errorText } from '@/shared/errorText'
import { queryClient } from '@/shared/queryClient'
import { may } from '@/shared/session'
import { toast } from '@/shared/toasts'

const LOOK_MS = 10_000
const PROGRESS_MS = 1_000

/** The surge page: its figures are asked for again while it is open, the rest is told by the stream. */
export function useSurge() {
  return useQuery({
    queryKey: ['surge', 'board'],
    queryFn: ({ signal }) => api.get<SurgeBoard>('/surge', signal),
    refetchInterval: LOOK_MS,
  })
}

export function useSurgeRun(id: Ref<Id | null>) {
  return useQuery({
    queryKey: ['surge', 'run', id],
    queryFn: ({ signal }) => api.get<SurgeRunDetails>(`/surge/runs/${String(id.value)}`, signal),
    enabled: computed(() => id.value !== null),
    refetchInterval: LOOK_MS,
  })
}

/** The calls that somebody has not answered, or has accepted while the plan holds. */
export function useMyCalls() {
  return useQuery({
    queryKey: ['surge', 'calls'],
    queryFn: async ({ signal }) => (await api.get<{ items: MyCall[] }>('/me/surge-calls', signal)).items,
    enabled: computed(() => may('presence.own')),
    staleTime: Infinity,
  })
}

export function useScenarios() {
  return useQuery({
    queryKey: ['surge', 'scenarios'],
    queryFn: async ({ signal }) =>
      (await api.get<{ items: ShippedScenario[] }>('/simulation-scenarios', signal)).items,
    staleTime: Infinity,
  })
}

export function useSimulations() {
  return useQuery({
    queryKey: ['surge', 'simulations'],
    queryFn: async ({ signal }) => (await api.get<{ items: SimulationRun[] }>('/simulations', signal)).items,
  })
}

export const isUnderWay = (run: SimulationRun | undefined): boolean =>
  run?.state === 'waiting' || run?.state === 'running'

/** One simulated day; asked for again each second until it has ended. */
export function useSimulation(id: Ref<Id | null>) {
  return useQuery({
    queryKey: ['surge', 'simulation', id],
    queryFn: ({ signal }) => api.get<SimulationRun>(`/simulations/${String(id.value)}`, signal),
    enabled: computed(() => id.value !== null),
    refetchInterval: (query) => (isUnderWay(query.state.data) ? PROGRESS_MS : false),
  })
}

/** Do something; what came of it, or null with the reason told. */
export async function attempt<T>(request: () => Promise<T>): Promise<T | null> {
  try {
    const found = await request()
    void queryClient.invalidateQueries({ queryKey: ['surge'] })
    return found
  } catch (error) {
    toast(errorText(error), { tone: 'bad' })
    return null
  }
}

export const emptyMeasures = (): Required<SurgeMeasures> => ({
  calls_reserve: false,
  reserve_words: { en: '', zh: '' },
  more_at_a_time: 0,
  step_times: 1,
  priority_points: 0,
  priority_tiers: [],
  park_condition: null,
  announcement: { en: '', zh: '' },
  prepared: [],
  first_answer: { en: '', zh: '' },
  channel_ids: [],
  opens_overflow: false,
  blocks_breaks: false,
})

export type PlanForm = Required<Omit<SurgePlanSpec, 'measures'>> & { measures: Required<SurgeMeasures> }

/** A plan with every field, as a form changes it. */
export function formOf(spec: SurgePlanSpec | null): PlanForm {
  const bare = { name_en: '', name_zh: '', minutes: 120, level: null, calm_minutes: 15, team_ids: [] }
  return structuredClone({
    ...bare,
    ...(spec ?? {}),
    measures: { ...emptyMeasures(), ...(spec?.measures ?? {}) },
  })
}

export type MeasureKey =
  | 'reserve'
  | 'more'
  | 'steps'
  | 'priority'
  | 'park'
  | 'announce'
  | 'prepared'
  | 'first'
  | 'overflow'
  | 'breaks'

/** The measures that a plan really has, in the order of the form. */
export function measuresOf(given: SurgeMeasures | undefined): MeasureKey[] {
  const one = { ...emptyMeasures(), ...given }
  const has: Record<MeasureKey, boolean> = {
    reserve: one.calls_reserve,
    more: one.more_at_a_time > 0,
    steps: one.step_times < 1,
    priority: one.priority_points > 0,
    park: one.park_condition !== null,
    announce: Boolean(one.announcement.en || one.announcement.zh),
    prepared: one.prepared.length > 0,
    first: Boolean(one.first_answer.en || one.first_answer.zh),
    overflow: one.opens_overflow,
    breaks: one.blocks_breaks,
  }
  return (Object.keys(has) as MeasureKey[]).filter((key) => has[key])
}

export const SHARES = new Set(['service_level', 'skill_match', 'abandoned_share', 'occupancy'])
export const HEADLINES = [
  'service_level',
  'skill_match',
  'fairness',
  'mean_wait',
  'wait_p90',
  'abandoned_share',
  'occupancy',
  'strain',
] as const
export type Headline = (typeof HEADLINES)[number]
/** Of these less is better. */
const LESS = new Set(['mean_wait', 'wait_p90', 'abandoned_share', 'strain'])
/** More of these is neither: busier people serve more, and tire. */
const NEITHER = new Set(['occupancy'])
export type Verdict = 'better' | 'worse' | 'more' | 'fewer' | 'same'
export const VERDICT_TONES = {
  better: 'good',
  worse: 'bad',
  more: 'plain',
  fewer: 'plain',
  same: 'plain',
} as const

/** A figure with what it may lie off: `98.2 ± 0.4 %`. */
export function shown(name: string, value: Estimate | undefined, isSigned = false): string {
  if (!value) return '–'
  const times = SHARES.has(name) ? 100 : 1
  const digits = name === 'fairness' ? 3 : 1
  const sign = isSigned && value.mean > 0 ? '+' : ''
  const margin = value.margin == null ? '' : ` ± ${(value.margin * times).toFixed(digits)}`
  return `${sign}${(value.mean * times).toFixed(digits)}${margin}${SHARES.has(name) ? ' %' : ''}`
}

/** Whether ours is better, worse, only more or less, or not told apart from another. */
export function verdictOf(name: string, value: Estimate): Verdict {
  if (value.margin == null || Math.abs(value.mean) <= value.margin) return 'same'
  if (NEITHER.has(name)) return value.mean > 0 ? 'more' : 'fewer'
  return value.mean > 0 === !LESS.has(name) ? 'better' : 'worse'
}

/** How a side is called: its policy, or with the plan. */
export const sideKey = (side: SimulatedSide): string => (side.is_relieved ? 'plan' : side.policy)

/** `13:30` of minutes since midnight. */
export function hourText(minute: number): string {
  const whole = Math.round(minute)
  return `${String(Math.floor(whole / 60)).padStart(2, '0')}:${String(whole % 60).padStart(2, '0')}`
}

/** A word below a line, and where: 0 at its beginning, 1 at its end. */
export interface Tick {
  text: string
  at: number
}

const MOST_TICKS = 7
const HOUR_STEPS = [1, 2, 3, 4, 6, 12]

/** Whole hours of a day of bars, so many as can be read. */
export function hoursOf(bars: { minute: number }[]): Tick[] {
  const first = bars[0]?.minute ?? 0
  const last = bars.at(-1)?.minute ?? first
  if (last === first) return []
  const from = Math.ceil(first / 60)
  const whole = Array.from({ length: Math.max(0, Math.floor(last / 60) - from + 1) }, (_, at) => from + at)
  const step = HOUR_STEPS.find((one) => whole.length / one <= MOST_TICKS) ?? 24
  return whole
    .filter((hour) => (hour - from) % step === 0)
    .map((hour) => ({ text: hourText(hour * 60), at: (hour * 60 - first) / (last - first) }))
}

/** Words evenly below a line. */
export const evenly = (texts: string[]): Tick[] =>
  texts.map((text, at) => ({ text, at: at / Math.max(texts.length - 1, 1) }))

/** The points of a line in a box, as an SVG path; gaps where nothing is known. */
export function pathOf(values: (number | null)[], most: number, width: number, height: number): string {
  const step = width / Math.max(values.length - 1, 1)
  let isPen = false
  return values
    .map((value, at) => {
      if (value === null) {
        isPen = false
        return ''
      }
      const y = height - (Math.min(value, most) / (most || 1)) * height
      const part = `${isPen ? 'L' : 'M'}${(at * step).toFixed(1)} ${y.toFixed(1)}`
      isPen = true
      return part
    })
    .join('')
}

/** A round number at or above the largest of some values. */
export function topOf(values: (number | null)[]): number {
  const largest = Math.max(1, ...values.map((value) => value ?? 0))
  const unit = 10 ** Math.floor(Math.log10(largest))
  return Math.ceil(largest / unit) * unit
}
