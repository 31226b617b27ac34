import type { Requirement, RequirementSpec, SkillNeed, SkillStep } from '@api'
import type { Condition } from '@ui'

/** A skill at a level; 0 is none chosen yet. */
export interface NeedForm {
  skill_id: number
  level: number
}
/** One line of a step: a skill, or several of which the other word holds. */
export type PartForm = NeedForm[]
export interface StepForm {
  /** Null: as long as the team says. */
  seconds: number | null
  /** What joins the parts; inside a part the other word does. */
  mode: 'all' | 'any'
  parts: PartForm[]
}
export interface RequirementForm {
  name_en: string
  name_zh: string
  condition: Condition
  isComplete: boolean
  steps: StepForm[]
}

const need = (part: SkillNeed): NeedForm => ({ skill_id: part.skill_id ?? 0, level: part.level ?? 1 })

function toParts(mode: StepForm['mode'], parts: SkillNeed[]): PartForm[] {
  return parts.flatMap((part): PartForm[] => {
    if (part.skill_id) return [[need(part)]]
    const inner = part[mode === 'all' ? 'any' : 'all']
    if (inner?.length) return [inner.map(need)]
    // the same word inside as outside says nothing more than its parts beside the others
    return (part[mode] ?? []).map((one) => [need(one)])
  })
}

export function toStep(step: SkillStep): StepForm {
  const mode = step.any ? 'any' : 'all'
  return { seconds: step.seconds ?? null, mode, parts: toParts(mode, step[mode] ?? []) }
}

export function fromStep(step: StepForm): SkillStep {
  const inner = step.mode === 'all' ? 'any' : 'all'
  const parts = step.parts
    .map((part) => part.filter((one) => one.skill_id))
    .filter((part) => part.length)
    .map((part): SkillNeed => (part.length === 1 ? { ...(part[0] as NeedForm) } : { [inner]: part }))
  return { seconds: step.seconds, [step.mode]: parts }
}

export const newStep = (): StepForm => ({ seconds: 60, mode: 'all', parts: [[{ skill_id: 0, level: 3 }]] })

/** The next step of a ladder: the same skills, each one level lower, which is what one mostly wants. */
export function relaxed(step: StepForm): StepForm {
  const lower = (one: NeedForm): NeedForm => ({ ...one, level: Math.max(1, one.level - 1) })
  return { ...step, parts: step.parts.map((part) => part.map(lower)) }
}

export function toForm(rule: Requirement | null): RequirementForm {
  return {
    name_en: rule?.spec.name_en ?? '',
    name_zh: rule?.spec.name_zh ?? '',
    condition: (rule?.spec.condition as Condition | undefined) ?? { all: [] },
    isComplete: true,
    steps: (rule?.spec.steps ?? []).map(toStep),
  }
}

export function toSpec(form: RequirementForm): RequirementSpec {
  return {
    name_en: form.name_en.trim(),
    name_zh: form.name_zh.trim(),
    condition: form.condition as Record<string, unknown>,
    steps: form.steps.map(fromStep),
  }
}

/** What is wrong with a form, by its parts; the words are keys of `skills.json`. */
export function check(form: RequirementForm): Record<string, string> {
  const found: Record<string, string> = {}
  if (!form.name_en.trim() && !form.name_zh.trim()) found.name = 'nameMissing'
  if (!form.isComplete) found.condition = 'conditionMissing'
  if (!form.steps.length) found.steps = 'stepsMissing'
  else if (
    form.steps.some(
      (step) => !step.parts.length || step.parts.some((part) => part.some((one) => !one.skill_id)),
    )
  )
    found.steps = 'skillMissing'
  return found
}
