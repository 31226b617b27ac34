import type { RouteRecordRaw } from 'vue-router'

const meta = { words: ['floor', 'surge', 'conditions', 'form', 'tickets'], permission: 'surge.manage' }

export const routes: RouteRecordRaw[] = [
  { path: 'surge', component: () => import('./SurgePage.vue'), meta },
  { path: 'simulation', component: () => import('./SimulationPage.vue'), meta },
]
