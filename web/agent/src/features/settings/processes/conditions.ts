import type { Question } from '@api'

type Condition = Record<string, unknown>
const PREFIX = 'answers.'

/** Whether a condition is one that the list of stages can show: always, or one answer. */
export function isPlain(when: Condition | undefined): boolean {
  if (!when || JSON.stringify(when) === '{"all":[]}') return true
  return when.op === 'is' && typeof when.field === 'string' && when.field.startsWith(PREFIX)
}

/** The question that a plain condition asks, and the answer that it wants. */
export function answerOf(when: Condition | undefined): { key: string; value: string } {
  if (!when || typeof when.field !== 'string') return { key: '', value: '' }
  return { key: when.field.slice(PREFIX.length), value: String(when.value) }
}

/** A plain condition; without a question it holds always. */
export function conditionOf(key: string, value: string, isYesNo: boolean): Condition {
  if (!key) return { all: [] }
  return { field: PREFIX + key, op: 'is', value: isYesNo ? value !== 'false' : value }
}

/** Answers to choose from, one a line. */
export function toLines(choices: Question['choices']): string {
  return (choices ?? []).map((one) => `${one.value} | ${one.name_en} | ${one.name_zh}`).join('\n')
}

export function fromLines(text: string): NonNullable<Question['choices']> {
  return text.split('\n').flatMap((line) => {
    const [value = '', en = '', zh = ''] = line.split('|').map((part) => part.trim())
    return value ? [{ value, name_en: en || value, name_zh: zh || en || value }] : []
  })
}
