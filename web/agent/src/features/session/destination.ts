/** Where to go after signing in: only ever a path of our own. */
export function destination(next: unknown): string {
  if (typeof next !== 'string' || !next.startsWith('/') || /^\/[/\\]/.test(next)) return '/'
  return /^\/(sign-in|link|forgot-password)\b/.test(next) ? '/' : next
}
