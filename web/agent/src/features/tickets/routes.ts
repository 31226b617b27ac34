import type { RouteRecordRaw } from 'vue-router'

export const routes: RouteRecordRaw[] = [
  {
    path: 'tickets/:view(mine|unassigned|open|mentions|snoozed|all|saved:\\d+)/:id(\\d+)?',
    name: 'tickets',
    component: () => import('./WorkspacePage.vue'),
<<<<<<< HEAD
    meta: { words: ['tickets', 'views', 'form'] },
=======
    meta: { words: ['tickets', 'fields'] },
>>>>>>> main
  },
  { path: 'tickets/:id(\\d+)', redirect: (to) => `/tickets/all/${String(to.params.id)}` },
]
