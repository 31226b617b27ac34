import type { RouteLocationRaw, RouteRecordRaw } from 'vue-router'

const meta = { isPublic: true, words: ['session', 'form'] }
const ownMeta = { words: ['session', 'form'] }

export const routes: RouteRecordRaw[] = [
  { path: '/sign-in', component: () => import('./SignInPage.vue'), meta },
  { path: '/forgot-password', component: () => import('./ForgotPasswordPage.vue'), meta },
  { path: '/link', component: () => import('./LinkPage.vue'), meta },
]

/** Pages about oneself; they stand among the settings. */
export const ownRoutes: RouteRecordRaw[] = [
  { path: 'profile', component: () => import('./ProfilePage.vue'), meta: ownMeta },
  { path: 'security', component: () => import('./SecurityPage.vue'), meta: ownMeta },
]

/** Where a one-time link leads: its token stands behind the # so that no server log ever holds it. */
export function linkTarget(hash: string): RouteLocationRaw | null {
  const token = /^#\/link\/([\w.~-]+)$/.exec(hash)?.[1]
  return token ? { path: '/link', hash: `#${token}` } : null
}
