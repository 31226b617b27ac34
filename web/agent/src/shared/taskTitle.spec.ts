import { expect, it } from 'vitest'
import { titleOf } from './taskTitle'

it('speaks the language of its reader where it can', () => {
  const task = { title: '查批次 / Check the batch', title_en: 'Check the batch', title_zh: '查批次' }
  expect(titleOf(task, 'zh-CN')).toBe('查批次')
  expect(titleOf(task, 'en')).toBe('Check the batch')
  expect(titleOf({ ...task, title_en: '' }, 'en')).toBe('查批次 / Check the batch')
})
