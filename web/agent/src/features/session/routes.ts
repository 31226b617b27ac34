import type { RouteRecordRaw } from 'vue-router'

const meta = { isPublic: true, words: ['session'] }

export const routes: RouteRecordRaw[] = [
  { path: '/sign-in', component: () => import('./SignInPage.vue'), meta },
]
