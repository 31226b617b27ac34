import type { RouteRecordRaw } from 'vue-router'

export const routes: RouteRecordRaw[] = [
  {
    path: 'notices/:id(\\d+)?',
    component: () => import('./NoticesPage.vue'),
    meta: { words: ['notices', 'form'] },
  },
]
