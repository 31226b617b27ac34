import { firstLocale, i18n, setLocale } from '@/i18n'
import { forgetSession } from '@/shared/session'
import { whenSignedOut } from '@api'
import { VueQueryPlugin } from '@tanstack/vue-query'
import { queryClient } from '@/shared/queryClient'
import { startClock, startTheme } from '@ui'
import '@ui/base.css'
import { createApp } from 'vue'
import App from './app/App.vue'
import { router } from './app/router'

async function start(): Promise<void> {
  startTheme()
  startClock()
  await setLocale(firstLocale())
  whenSignedOut(() => {
    forgetSession()
    queryClient.clear()
    void router.push({ path: '/sign-in', query: { next: router.currentRoute.value.fullPath } })
  })
  createApp(App).use(i18n).use(router).use(VueQueryPlugin, { queryClient }).mount('#app')
}

void start()
