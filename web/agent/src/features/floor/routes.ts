import type { RouteRecordRaw } from 'vue-router'

const words = ['floor', 'tickets', 'teamwork', 'clocks', 'promises', 'form']
const meta = { words, permission: 'floor.lead' }

export const routes: RouteRecordRaw[] = [
  { path: 'live', component: () => import('./LivePage.vue'), meta },
  { path: 'live/duty', component: () => import('./DutyPage.vue'), meta },
  { path: 'live/rules', component: () => import('./RulesPage.vue'), meta },
]

/** The big screen has no menu beside it. */
export const wallRoutes: RouteRecordRaw[] = [
  { path: '/wallboard', component: () => import('./WallBoard.vue'), meta },
]
