import type { Field } from '@api'
import { moneyDecimals } from './values'

interface Words {
  t: (key: string, values: Record<string, unknown>) => string
  te: (key: string) => boolean
}

/** What is wrong with a value, in words that tell what would be right. */
export function problemWords(code: string, field: Field, words: Words): string {
  const { minimum, maximum, decimals, max_length: length, currency = 'CNY' } = field.options
  const unit = field.kind === 'money' ? 10 ** moneyDecimals(currency) : 1
  const values = {
    minimum: minimum === undefined ? '' : minimum / unit,
    maximum: maximum === undefined ? '' : maximum / unit,
    decimals: decimals ?? 0,
    length: length ?? 20_000,
    currency,
  }
  const key = `fields.problems.${code}`
  return words.te(key) ? words.t(key, values) : code
}
