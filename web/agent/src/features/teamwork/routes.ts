import type { RouteRecordRaw } from 'vue-router'

const words = ['tickets', 'teamwork', 'clocks', 'form', 'promises']

export const routes: RouteRecordRaw[] = [
  { path: 'tasks/:id(\\d+)?', component: () => import('./TasksPage.vue'), meta: { words } },
  { path: 'asked/:id(\\d+)?', component: () => import('./AskedPage.vue'), meta: { words } },
  {
    path: 'first-contacts',
    component: () => import('./FirstContactsPage.vue'),
    meta: { words, permission: 'tickets.read' },
  },
  {
    path: 'promises',
    component: () => import('./PromisesPage.vue'),
    meta: { words, permission: 'tickets.read' },
  },
  {
    path: 'waiting',
    component: () => import('../waiting/WaitingPage.vue'),
    meta: { words: [...words, 'waiting'], permission: 'teamwork.lead' },
  },
  {
    path: 'answers',
    component: () => import('../answering/AnswersPage.vue'),
    meta: { words: [...words, 'answering'], permission: 'teamwork.lead' },
  },
  {
    path: 'teamwork',
    component: () => import('./FiguresPage.vue'),
    meta: { words, permission: 'teamwork.lead' },
  },
]
