import type { RouteRecordRaw } from 'vue-router'

export const routes: RouteRecordRaw[] = [
  {
    path: 'views/:view(mine|unassigned|open|mentions|following|snoozed|all|saved:\\d+)',
    name: 'views',
    component: () => import('./ViewPage.vue'),
    meta: { words: ['tickets', 'views', 'form', 'fields', 'together', 'conditions'] },
  },
  {
    path: 'time',
    name: 'time',
    component: () => import('./TimePage.vue'),
    meta: { words: ['views', 'form', 'together'] },
  },
]
