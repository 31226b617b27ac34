import { loadWords } from '@/i18n'
import { loadSession, may } from '@/shared/session'
import {
  createRouter,
  createWebHistory,
  type RouteLocationNormalized,
  type RouteLocationRaw,
} from 'vue-router'
import { routes as customerRoutes } from '@/features/customers/routes'
import { routes as floorRoutes, wallRoutes } from '@/features/floor/routes'
import { routes as notificationRoutes } from '@/features/notifications/routes'
import { linkTarget, ownRoutes, routes as sessionRoutes } from '@/features/session/routes'
import { routes as searchRoutes } from '@/features/search/routes'
import { settingsRoutes } from '@/features/settings/routes'
import { routes as knowledgeRoutes } from '@/features/knowledge/routes'
import { routes as releaseRoutes } from '@/features/releases/routes'
import { routes as noticeRoutes } from '@/features/notices/routes'
import { routes as careRoutes } from '@/features/knowledgeCare/routes'
import { routes as surgeRoutes } from '@/features/surge/routes'
import { routes as ticketRoutes } from '@/features/tickets/routes'
import { routes as workRoutes } from '@/features/teamwork/routes'
import { routes as viewRoutes } from '@/features/tickets/views/routes'

declare module 'vue-router' {
  interface RouteMeta {
    /** Word files to load before the page shows. */
    words?: string[]
    /** Open to people who are not signed in. */
    isPublic?: boolean
    /** Permission without which the page is not offered. */
    permission?: string
  }
}

export const router = createRouter({
  history: createWebHistory(),
  routes: [
    ...sessionRoutes,
    { path: '/', redirect: (to) => linkTarget(to.hash) ?? '/tickets/mine' },
    {
      path: '/',
      component: () => import('./AppShell.vue'),
      children: [
        ...ticketRoutes,
        ...viewRoutes,
        ...workRoutes,
        ...floorRoutes,
        ...surgeRoutes,
        ...knowledgeRoutes,
        ...releaseRoutes,
        ...noticeRoutes,
        ...careRoutes,
        ...searchRoutes,
        ...customerRoutes,
        ...notificationRoutes,
        settingsRoutes(ownRoutes),
      ],
    },
    ...wallRoutes,
    { path: '/:rest(.*)*', component: () => import('./NotFoundPage.vue'), meta: { isPublic: true } },
  ],
})

async function admit(to: RouteLocationNormalized): Promise<RouteLocationRaw | true> {
  const words = to.matched.flatMap((record) => record.meta.words ?? [])
  const [session] = await Promise.all([
    loadSession(),
    loadWords('app', 'errors', 'notifications', 'state', 'offers', 'notices', ...words),
  ])
  if (!session && !to.meta.isPublic)
    return { path: '/sign-in', query: to.fullPath === '/' ? {} : { next: to.fullPath } }
  // Somebody without a seat has what their department is asked for and told, and their own settings.
  if (session && !may('tickets.read') && !/^\/(tasks|asked|releases|notices|settings|sign-)/.test(to.path))
    return '/tasks'
  if (session && to.meta.permission && !may(to.meta.permission)) return '/tickets/mine'
  return true
}

router.beforeEach(admit)
