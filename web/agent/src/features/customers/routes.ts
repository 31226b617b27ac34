import type { RouteRecordRaw } from 'vue-router'

const meta = { words: ['customers', 'fields', 'form', 'portal'], permission: 'customers.read' }

export const routes: RouteRecordRaw[] = [
  { path: 'customers', component: () => import('./CustomersPage.vue'), meta },
  { path: 'customers/:id(\\d+)', component: () => import('./CustomerPage.vue'), meta },
  { path: 'organisations', component: () => import('./OrganisationsPage.vue'), meta },
  { path: 'organisations/:id(\\d+)', component: () => import('./OrganisationPage.vue'), meta },
]
