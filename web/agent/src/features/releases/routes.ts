import type { RouteRecordRaw } from 'vue-router'

export const routes: RouteRecordRaw[] = [
  {
    path: 'releases/:id(\\d+)?',
    component: () => import('./ReleasesPage.vue'),
    meta: { words: ['releases', 'form'], permission: 'releases.read' },
  },
]
