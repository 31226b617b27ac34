import type { ConditionField } from '@ui'
import { ApiError } from '@api'
import { i18n } from '@/i18n'
import { errorText } from './errorText'

const WHOLE = 'condition'

/** What is wrong with a condition, part by part and in the reader's words; other errors as everywhere. */
export function conditionProblem(error: unknown, fields: ConditionField[], otherwise = errorText): string {
  if (!(error instanceof ApiError) || error.code !== 'bad_condition') return otherwise(error)
  const { t, te } = i18n.global
  const parts = Object.entries(error.fields).map(([key, code]) => {
    const word = te(`conditions.problem.${code}`) ? t(`conditions.problem.${code}`) : code
    if (key === WHOLE) return word
    const name = fields.find((one) => one.key === key)?.name ?? key
    return t('conditions.problemOf', { name, problem: word })
  })
  return parts.length ? parts.join(' ') : otherwise(error)
}
