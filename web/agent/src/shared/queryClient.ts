import { ApiError } from '@api'
import { QueryClient } from '@tanstack/vue-query'

/** Once more after a broken line or a server in trouble; a refusal stays one. */
function isWorthRetrying(failures: number, error: Error): boolean {
  const isRefusal = error instanceof ApiError && error.status >= 400 && error.status < 500
  return failures < 1 && !isRefusal
}

/** One cache for the page. The stream keeps it fresh; what it cannot reach is refetched when it says so. */
export const queryClient = new QueryClient({
  defaultOptions: {
    queries: { staleTime: 60_000, gcTime: 15 * 60_000, retry: isWorthRetrying, refetchOnWindowFocus: false },
  },
})
