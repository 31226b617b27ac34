import { ApiError } from '@api'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { i18n, loadWords, setLocale } from '@/i18n'
import { errorText } from './errorText'

describe('errorText', () => {
  beforeAll(() => loadWords('errors'))
  afterAll(() => (i18n.global.locale.value = 'en'))

  it('names the field that a dialog cannot mark, in both languages', async () => {
    const error = new ApiError(400, 'invalid', 'A target is at most 1,000 working days.', {
      span: 'too_long',
    })
    await setLocale('en')
    expect(errorText(error)).toBe('That is too long: a time limit is ten years at most.')
    await setLocale('zh-CN')
    expect(errorText(error)).toBe('时限过长，最长约十年。')
  })

  it('goes by the code where the field has no words', async () => {
    await setLocale('en')
    expect(errorText(new ApiError(400, 'invalid', '', { other: 'odd' }))).toContain('Check the marked fields')
    expect(errorText(new ApiError(409, 'unheard_of', 'In the own words of the server.'))).toBe(
      'In the own words of the server.',
    )
  })
})
