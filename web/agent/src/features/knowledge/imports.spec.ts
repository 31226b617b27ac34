import { expect, it } from 'vitest'
import { fresh, problemOf, toneOf } from './imports'

it.each([
  ['no_title', 'no_title', ''],
  ['unknown_kind:poem', 'unknown_kind', 'poem'],
  ['unknown_date:a:b', 'unknown_date', 'a:b'],
])('reads the problem %s', (problem, word, about) => expect(problemOf(problem)).toEqual({ word, about }))

it('begins in the reader’s language and publishes nothing by itself', () => {
  expect(fresh('zh-CN')).toMatchObject({ locale: 'zh-CN', is_published: false, columns: [] })
  expect(fresh('en').locale).toBe('en')
})

it('marks what is done and what was undone', () => {
  expect(['preview', 'running', 'done', 'undone'].map(toneOf)).toEqual(['plain', 'info', 'good', 'warn'])
})
