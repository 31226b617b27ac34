import type { PolicySpec, PolicyStep, PolicyTarget, ServicePolicy } from '@api'
import type { Condition } from '@ui/conditions'
import type { Errors } from '@/shared/form'

export const METRICS = [
  'first_response',
  'next_response',
  'periodic_update',
  'agent_work',
  'requester_wait',
  'resolution',
] as const
export const UNITS = [
  'working_hours',
  'working_days',
  'natural_hours',
  'working_minutes',
  'natural_minutes',
] as const
/** States in which a clock may rest. */
export const RESTS = ['waiting', 'on_hold'] as const
/** Clocks that rest with the customer, or on hold, by what they are. */
export const RESTS_BY_ITSELF: readonly string[] = ['agent_work', 'requester_wait']
export const TELLS = ['holder', 'team', 'supervisors', 'followers'] as const
type Say = (key: string, values?: Record<string, unknown>) => string
export type When = 'percent' | 'before' | 'at' | 'after'

export interface StepForm {
  when: When
  /** Per cent, or minutes from the deadline. */
  amount: number
  metrics: NonNullable<PolicyStep['metrics']>
  tell: NonNullable<PolicyStep['tell']>
  tell_people: number[]
  add_followers: number[]
  raise_priority: boolean
  team_id: number
  /** The department that is called in, 0 for none, and what for. */
  taskTeam: number
  taskTitle: string
  taskSpan: PolicyTarget['span']
  pages: boolean
  keeps_hours: boolean
  unless_acknowledged: boolean
}

export interface PolicyForm {
  name_en: string
  name_zh: string
  calendar_id: number
  condition: Condition
  isComplete: boolean
  targets: Required<PolicyTarget>[]
  steps: StepForm[]
  is_archived: boolean
}

const target = (metric: PolicyTarget['metric'], amount: number, unit: PolicyTarget['span']['unit']) => ({
  metric,
  span: { amount, unit },
  priorities: [],
  tiers: [],
  channels: [],
  rests_in: [],
})

export const newTarget = (): Required<PolicyTarget> => target('resolution', 8, 'working_hours')

export const newStep = (): StepForm => ({
  when: 'percent',
  amount: 80,
  metrics: [],
  tell: ['holder'],
  tell_people: [],
  add_followers: [],
  raise_priority: false,
  team_id: 0,
  taskTeam: 0,
  taskTitle: '',
  taskSpan: { amount: 4, unit: 'working_hours' },
  pages: false,
  keeps_hours: true,
  unless_acknowledged: false,
})

function toStep(step: PolicyStep): StepForm {
  const minutes = step.minutes ?? 0
  const when: When = step.percent ? 'percent' : minutes < 0 ? 'before' : minutes > 0 ? 'after' : 'at'
  return {
    ...newStep(),
    when,
    amount: step.percent ?? Math.abs(minutes),
    metrics: step.metrics ?? [],
    tell: step.tell ?? [],
    tell_people: step.tell_people ?? [],
    add_followers: step.add_followers ?? [],
    raise_priority: step.raise_priority ?? false,
    team_id: step.team_id ?? 0,
    ...(step.task
      ? { taskTeam: step.task.team_id, taskTitle: step.task.title, taskSpan: step.task.span }
      : {}),
    pages: step.pages ?? false,
    keeps_hours: step.keeps_hours ?? true,
    unless_acknowledged: step.unless_acknowledged ?? false,
  }
}

function fromStep(step: StepForm): PolicyStep {
  const { when, amount, team_id: teamId, taskTeam, taskTitle, taskSpan, ...rest } = step
  const minutes = when === 'before' ? -amount : when === 'after' ? amount : 0
  return {
    ...rest,
    percent: when === 'percent' ? amount : null,
    minutes,
    team_id: teamId || null,
    task: taskTeam ? { team_id: taskTeam, title: taskTitle.trim(), span: taskSpan } : null,
  }
}

export function toForm(policy: ServicePolicy | null, calendarId: number): PolicyForm {
  const spec = policy?.spec
  return {
    name_en: spec?.name_en ?? '',
    name_zh: spec?.name_zh ?? '',
    calendar_id: spec?.calendar_id ?? calendarId,
    condition: (spec?.condition ?? { all: [] }) as unknown as Condition,
    isComplete: true,
    targets: (spec?.targets ?? [target('first_response', 2, 'working_hours'), newTarget()]).map((one) => ({
      ...newTarget(),
      ...one,
    })),
    steps: spec ? (spec.steps ?? []).map(toStep) : [newStep()],
    is_archived: policy?.is_archived ?? false,
  }
}

export function toSpec(form: PolicyForm): PolicySpec {
  return {
    name_en: form.name_en.trim(),
    name_zh: form.name_zh.trim(),
    calendar_id: form.calendar_id,
    condition: form.condition as unknown as Record<string, unknown>,
    targets: form.targets,
    steps: form.steps.map(fromStep),
  }
}

const doesNothing = (step: StepForm): boolean =>
  !step.tell.length &&
  !step.tell_people.length &&
  !step.add_followers.length &&
  !step.raise_priority &&
  !step.team_id &&
  !step.taskTeam

export function check(form: PolicyForm, t: Say): Errors {
  const found: Errors = {}
  if (!form.name_zh.trim() && !form.name_en.trim()) found.name_zh = t('levels.policy.nameMissing')
  if (!form.isComplete) found.condition = t('levels.policy.incomplete')
  if (!form.targets.length) found.targets = t('levels.policy.targetsMissing')
  form.steps.forEach((step, at) => {
    if (doesNothing(step)) found[`step${String(at)}`] = t('levels.policy.stepEmpty')
    else if (step.when === 'percent' && step.amount > 99)
      found[`step${String(at)}`] = t('levels.policy.percent')
    else if (step.pages && !step.tell.length && !step.tell_people.length)
      found[`step${String(at)}`] = t('levels.policy.nobodyPaged')
    else if (step.taskTeam && !step.taskTitle.trim())
      found[`step${String(at)}`] = t('levels.policy.taskTitleMissing')
  })
  return found
}
