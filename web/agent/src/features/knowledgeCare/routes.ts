import type { RouteRecordRaw } from 'vue-router'

export const routes: RouteRecordRaw[] = [
  {
    path: 'knowledge-care/:tab(overview|searches|articles|stale|findings|requests|board)?',
    component: () => import('./CarePage.vue'),
    meta: { words: ['care'], permission: 'knowledge.read' },
  },
]
