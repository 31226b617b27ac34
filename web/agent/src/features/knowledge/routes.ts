import type { RouteRecordRaw } from 'vue-router'

const words = ['knowledge', 'form', 'tickets', 'care', 'guidance']

export const routes: RouteRecordRaw[] = [
  {
    path: 'knowledge',
    component: () => import('./KnowledgePage.vue'),
    meta: { words, permission: 'knowledge.read' },
  },
  {
    path: 'knowledge/frame',
    component: () => import('./FramePage.vue'),
    meta: { words, permission: 'knowledge.write' },
  },
  {
    path: 'knowledge/imports/:id(\\d+)?',
    component: () => import('./ImportPage.vue'),
    meta: { words, permission: 'knowledge.manage' },
  },
  {
    path: 'knowledge/:ref',
    component: () => import('./ArticlePage.vue'),
    meta: { words, permission: 'knowledge.read' },
  },
]
