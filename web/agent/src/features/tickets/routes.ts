import type { RouteRecordRaw } from 'vue-router'

export const routes: RouteRecordRaw[] = [
  {
    path: 'tickets/:view(mine|unassigned|open|mentions|following|snoozed|all|saved:\\d+)/:id(\\d+)?',
    name: 'tickets',
    component: () => import('./WorkspacePage.vue'),
    meta: {
      words: [
        ...['tickets', 'customers', 'fields', 'together', 'views', 'form', 'clocks', 'rules', 'conditions'],
        ...['teamwork', 'processes', 'promises', 'ranking', 'risks', 'copilot', 'classification'],
        ...['personal', 'portal', 'answering', 'guidance'],
      ],
    },
  },
  { path: 'tickets/:id(\\d+)', redirect: (to) => `/tickets/all/${String(to.params.id)}` },
]
