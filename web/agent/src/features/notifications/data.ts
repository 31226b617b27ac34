import { api, type Notification, type Page } from '@api'
import { useQuery } from '@tanstack/vue-query'
import { computed } from 'vue'
import { i18n } from '@/i18n'
import { alertOf, playSound } from '@/shared/alerts'
import { queryClient } from '@/shared/queryClient'
import { may } from '@/shared/session'
import { toast } from '@/shared/toasts'
import { onStream } from '@/stream'

const KEY = ['notifications']
const PAGE_MS = 120_000
const ASK_AGAIN_MS = 20_000

export function useNotifications() {
  const query = useQuery({
    queryKey: KEY,
    queryFn: async ({ signal }) => (await api.get<Page<Notification>>('/notifications', signal)).items,
    shallow: true,
    // who has no seat has no stream, either
    refetchInterval: may('tickets.read') ? false : ASK_AGAIN_MS,
  })
  const items = computed(() => query.data.value ?? [])
  const unreadCount = computed(() => items.value.filter((item) => !item.read_at).length)
  return { items, unreadCount, isLoading: query.isLoading, error: query.error, retry: query.refetch }
}

/** Where a notification leads. */
export function pathOf(one: Notification): string {
  if (one.task_id) return `/tasks/${String(one.task_id)}`
  if (one.release_id) return `/releases/${String(one.release_id)}`
  if (one.notice_id) return `/notices/${String(one.notice_id)}`
  if (one.request_id) return `/knowledge-care/requests?request=${String(one.request_id)}`
  if (one.article_id) return `/knowledge/${String(one.article_id)}`
  if (!one.ticket_id) return `/asked/${String(one.side_id)}`
  return `/tickets/all/${String(one.ticket_id)}${one.side_id ? `?side=${String(one.side_id)}` : ''}`
}

/** Newest first, each once. */
export function withNotification(old: Notification[], added: Notification): Notification[] {
  return [added, ...old.filter((item) => item.id !== added.id)].sort((a, b) => b.id - a.id)
}

export async function markAllRead(items: Notification[]): Promise<void> {
  const newest = items[0]
  if (!newest) return
  const readAt = new Date().toISOString()
  queryClient.setQueryData<Notification[]>(KEY, (old) =>
    old?.map((item) => ({ ...item, read_at: item.read_at ?? readAt })),
  )
  await api
    .put('/notifications/read', { up_to_id: newest.id })
    .catch(() => queryClient.invalidateQueries({ queryKey: KEY }))
}

/** Somebody is wanted at once: it stays on the screen. */
function page(notification: Notification, open: (path: string) => void): void {
  const { t } = i18n.global
  toast(`${t('notifications.kind.paged')} · #${String(notification.ticket_id)} ${notification.subject}`, {
    tone: 'bad',
    milliseconds: PAGE_MS,
    action: { label: t('notifications.open'), run: () => open(pathOf(notification)) },
  })
}

/** Tell the person once per browser, however many tabs are open: the tab that gets the lock does it. */
async function tellOnce(notification: Notification, open: (path: string) => void): Promise<void> {
  const tell = async (lock: unknown): Promise<void> => {
    if (!lock) return
    playSound()
    if (notification.kind === 'paged') page(notification, open)
    alertOf(i18n.global.t(`notifications.kind.${notification.kind}`), notification, () =>
      open(pathOf(notification)),
    )
    await new Promise((resolve) => window.setTimeout(resolve, 2_000))
  }
  if (!('locks' in navigator)) return tell(true)
  await navigator.locks.request(`ombud.notification.${String(notification.id)}`, { ifAvailable: true }, tell)
}

/** Keep the list fresh and tell the person of new ones; returns how to stop. */
export function followNotifications(open: (path: string) => void): () => void {
  return onStream('notification', (notification) => {
    queryClient.setQueryData<Notification[]>(KEY, (old) => withNotification(old ?? [], notification))
    if (!notification.read_at) void tellOnce(notification, open)
  })
}
