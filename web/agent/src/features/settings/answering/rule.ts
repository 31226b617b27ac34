import { api, type AnswerRule } from '@api'

/** What of a rule is said when it is saved. */
export function wordsOf(rule: AnswerRule) {
  return {
    version: rule.version,
    is_on: rule.is_on,
    threshold: rule.threshold,
    category_ids: rule.category_ids,
    most_answers: rule.most_answers,
    holds: rule.holds,
    is_strict: rule.is_strict,
    silence_minutes: rule.silence_minutes,
    after_silence: rule.after_silence,
  }
}

export const pathOf = (channelId: number, rest = ''): string =>
  `/answering/rules/${String(channelId)}${rest && `/${rest}`}`

export const saveRule = (rule: AnswerRule): Promise<AnswerRule> =>
  api.put<AnswerRule>(pathOf(rule.channel_id ?? 0), wordsOf(rule))
