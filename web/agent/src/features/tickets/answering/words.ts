import type { AnswerCounts } from '@api'

/** A share as whole percents: nobody is sure to a tenth. */
export const percentOf = (share: number): number => Math.round(share * 100)

/** What stayed solved of what could: a rate never stands without its counts. */
export function solvedWords(
  counts: Pick<AnswerCounts, 'due' | 'solved'>,
  t: (key: string, values: Record<string, unknown>) => string,
): string {
  if (!counts.due) return '–'
  const percent = percentOf(counts.solved / counts.due)
  return t('answering.figures.rate', { percent, n: counts.solved, all: counts.due })
}
