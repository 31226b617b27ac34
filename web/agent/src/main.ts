import { firstLocale, i18n, setLocale } from '@/i18n'
import { forgetSession } from '@/shared/session'
import { whenSignedOut } from '@api'
import { QueryClient, VueQueryPlugin } from '@tanstack/vue-query'
import { startClock, startTheme } from '@ui'
import '@ui/base.css'
import { createApp } from 'vue'
import App from './app/App.vue'
import { router } from './app/router'

const queryClient = new QueryClient({
  // the stream keeps caches fresh; what it cannot reach is refetched when it says so
  defaultOptions: {
    queries: { staleTime: 60_000, gcTime: 15 * 60_000, retry: 1, refetchOnWindowFocus: false },
  },
})

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
