import type { Me } from '@api'
import { VueQueryPlugin } from '@tanstack/vue-query'
import { mount, type VueWrapper } from '@vue/test-utils'
import type { Component } from 'vue'
import { createMemoryHistory, createRouter } from 'vue-router'
import { i18n, loadWords, setLocale } from '@/i18n'
import { queryClient } from '@/shared/queryClient'
import { session } from '@/shared/session'
import { makeMe } from './fixtures'

const everything = [
  'tickets.read',
  'tickets.write',
  'tickets.reply',
  'tickets.note',
  'tickets.assign',
  'customers.write',
]

/** Sign somebody in for the page under test. */
export function signIn(me: Partial<Me> = {}, permissions = everything): void {
  session.value = { person: makeMe(me), csrf: 'x', permissions }
}

/** Mount a component as the page would: words in English, the one cache, a router that knows every address. */
export async function mountPage(component: Component, props: Record<string, unknown>): Promise<VueWrapper> {
  await setLocale('en')
  await loadWords('app', 'errors', 'tickets', 'notifications')
  const router = createRouter({
    history: createMemoryHistory(),
    routes: [{ path: '/:rest(.*)*', component: { template: '<i />' } }],
  })
  const plugins = [i18n, router, [VueQueryPlugin, { queryClient }] as [typeof VueQueryPlugin, object]]
  return mount(component, { props, attachTo: document.body, global: { plugins } })
}
