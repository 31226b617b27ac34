import { QueryClient } from '@tanstack/vue-query'

/** One cache for the page. The stream keeps it fresh; what it cannot reach is refetched when it says so. */
export const queryClient = new QueryClient({
  defaultOptions: {
    queries: { staleTime: 60_000, gcTime: 15 * 60_000, retry: 1, refetchOnWindowFocus: false },
  },
})
