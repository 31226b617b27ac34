import type { Task } from '@api'

/** A task's title: in the reader's language where a process gave it in both. */
export const titleOf = (task: Pick<Task, 'title' | 'title_en' | 'title_zh'>, locale: string): string =>
  (locale === 'zh-CN' ? task.title_zh : task.title_en) || task.title
