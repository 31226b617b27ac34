import {
  api,
  type Id,
  type Notice,
  type NoticeList,
  type NoticeQuestion,
  type NoticeReaders,
  type NoticeRow,
} from '@api'
import { useQuery } from '@tanstack/vue-query'
import { computed, type Ref } from 'vue'
import { errorText } from '@/shared/errorText'
import { queryClient } from '@/shared/queryClient'
import { toast } from '@/shared/toasts'

export type Which = 'current' | 'draft' | 'past'
export type Tone = 'plain' | 'good' | 'warn' | 'bad' | 'info'

export function useNotices(which: Ref<Which>) {
  return useQuery({
    queryKey: ['notices', which],
    queryFn: async ({ signal }) => (await api.get<NoticeList>(`/notices?which=${which.value}`, signal)).items,
  })
}

/** A notice; whoever opens it to read leaves that on their receipt. */
export function useNotice(id: Ref<Id | null>) {
  return useQuery({
    queryKey: ['notices', 'one', id],
    queryFn: () => api.put<Notice>(`/notices/${String(id.value)}/opened`, {}),
    enabled: computed(() => id.value !== null),
    retry: false,
  })
}

export function useReaders(id: Ref<Id>) {
  return useQuery({
    queryKey: ['notices', 'readers', id],
    queryFn: async ({ signal }) =>
      (await api.get<NoticeReaders>(`/notices/${String(id.value)}/readers`, signal)).items,
  })
}

/** Have everything about notices fetched anew. */
export const refresh = (): Promise<void> => queryClient.invalidateQueries({ queryKey: ['notices'] })

/** Do something to notices; what came of it, or null with the reason told. */
export async function attempt<T>(request: () => Promise<T>): Promise<T | null> {
  try {
    const made = await request()
    void refresh()
    return made
  } catch (error) {
    toast(errorText(error), { tone: 'bad' })
    return null
  }
}

/** What is written in two languages, in the reader's own or else in the other. */
export function inOwn(locale: string, one: object, name: string): string {
  const words = one as Record<string, string | undefined>
  const zh = words[`${name}_zh`] ?? ''
  const en = words[`${name}_en`] ?? ''
  return locale === 'zh-CN' ? zh || en : en || zh
}

/** How a notice stands, for its writer and for its reader, as one word and its tone. */
export function stateOf(one: NoticeRow): { key: string; tone: Tone } {
  if (one.standing !== 'current')
    return { key: one.standing, tone: one.standing === 'draft' ? 'info' : 'plain' }
  if (!one.own) return { key: 'current', tone: 'info' }
  const progress = one.own.progress ?? 'unread'
  const tone = progress === 'settled' ? 'good' : progress === 'failed' || one.blocks_online ? 'bad' : 'warn'
  return { key: progress, tone }
}

/** Lines of a text as paragraphs, and back: what the form for writers edits. */
export function toHtml(text: string): string {
  const safe = (line: string): string =>
    line.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean)
    .map((line) => `<p>${safe(line)}</p>`)
    .join('')
}

export function toText(html: string): string {
  const { body } = new DOMParser().parseFromString(html, 'text/html')
  const lines = [...body.querySelectorAll('p, li, h1, h2, h3, h4, pre')]
    .filter((one) => !one.querySelector('p, li'))
    .map((one) => (one.textContent ?? '').trim())
  return (lines.length ? lines : [body.textContent ?? '']).filter(Boolean).join('\n')
}

export const newQuestion = (): NoticeQuestion => ({
  kind: 'single',
  text_en: '',
  text_zh: '',
  options: [
    { text_en: '', text_zh: '', is_right: true },
    { text_en: '', text_zh: '', is_right: false },
  ],
})

const two = (n: number): string => String(n).padStart(2, '0')

/** A moment as a field for date and time shows it. */
export function forField(at: string | Date): string {
  const day = new Date(at)
  const date = `${String(day.getFullYear())}-${two(day.getMonth() + 1)}-${two(day.getDate())}`
  return `${date}T${two(day.getHours())}:${two(day.getMinutes())}`
}
