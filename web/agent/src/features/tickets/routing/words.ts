import { needText, spanText, type NeedPart, type NeedWords } from '@/shared/needs'
import type { DecisionLine, ScorePart } from '@api'

type T = (key: string, values?: Record<string, unknown>) => string
export interface Words {
  t: T
  te: (key: string) => boolean
  n: (value: number) => string
}
export interface Reason {
  code: string
  needs?: NeedPart[] | undefined
  has?: number | null | undefined
  at_most?: number | null | undefined
}

const whole = (value: number, words: Words): string => words.n(Math.round(value))

/** What a part of the score goes by: "priority 4", "due in 2 h", "wrote 3 times". */
export function factText(part: ScorePart, words: Words): string {
  const { t } = words
  const { fact, name } = part
  if (name === 'urgency') return t('ranking.fact.urgency', { v: t(`tickets.priority.${String(fact)}`) })
  if (name === 'deadline')
    return t(`ranking.fact.deadline${fact < 0 ? 'Over' : ''}`, { span: rough(Math.abs(fact), t) })
  if (name === 'waiting') return rough(fact, t)
  if (name === 'money') return words.n(fact / 100)
  if (name === 'people' || name === 'contacts') return t(`ranking.fact.${name}`, { n: whole(fact, words) })
  if (name === 'severity' || name === 'customer' || name === 'risk')
    return t(`ranking.fact.${name}`, { p: whole(fact * 100, words) })
  return ''
}

/** A span of which the seconds mean nothing any more after some minutes. */
function rough(seconds: number, t: T): string {
  return spanText(seconds < 120 ? Math.round(seconds) : Math.round(seconds / 60) * 60, t)
}

/** Parts by what they bring, most first; those that bring nothing are left out, save safety and law. */
export function shownParts(parts: ScorePart[]): ScorePart[] {
  const isAbove = (part: ScorePart): boolean => part.name === 'safety' || part.name === 'law'
  return parts
    .filter((part) => (isAbove(part) ? part.fact > 0 : Math.round(part.points * 10) > 0))
    .sort((one, other) => Number(isAbove(other)) - Number(isAbove(one)) || other.points - one.points)
}

/** Why somebody does not get the work. */
export function againstText(reason: Reason, words: Words, needs: NeedWords): string {
  const key = `ranking.against.${reason.code}`
  if (!words.te(key)) return words.t('ranking.against.other')
  return words.t(key, {
    has: reason.has ?? 0,
    most: reason.at_most ?? 0,
    needs: (reason.needs ?? []).map((one) => needText(one, needs)).join(words.t('tickets.listComma')),
  })
}

/** A line of the record. */
export function lineText(line: DecisionLine, words: Words, teamName: (id: number) => string): string {
  const { t, te } = words
  const details = line.details
  const reason = typeof details.reason === 'string' ? details.reason : ''
  const teams = Array.isArray(details.teams) ? details.teams.map(Number).map(teamName) : []
  const said = t(`ranking.line.${line.kind}`, {
    name: line.person_name ?? '?',
    teams: teams.join(t('tickets.listComma')),
    why: te(`ranking.stuck.${reason}`) ? t(`ranking.stuck.${reason}`) : reason,
  })
  if (line.kind === 'waits' || !reason) return said
  return `${said}: ${te(`ranking.returnedFor.${reason}`) ? t(`ranking.returnedFor.${reason}`) : reason}`
}
