import { api, ApiError, setCsrf, type Me, type Session } from '@api'
import { setLocale } from '@/i18n'
import { themeChoice, timeZone } from '@ui'
import { computed, shallowRef } from 'vue'

/** Who is signed in; null: nobody, undefined: not asked yet. */
export const session = shallowRef<Session | null | undefined>(undefined)

export const me = computed(() => {
  if (!session.value) throw new Error('nobody is signed in')
  return session.value.person
})

/** Whether the signed-in person holds a named permission. */
export function may(permission: string): boolean {
  return session.value?.permissions.includes(permission) ?? false
}

async function adopt(found: Session): Promise<void> {
  setCsrf(found.csrf)
  timeZone.value = found.person.time_zone || timeZone.value
  themeChoice.value = found.person.theme
  await setLocale(found.person.locale)
  session.value = found
}

/** Ask the server who is signed in, once; `again` asks anew (after signing in). */
export async function loadSession(again = false): Promise<Session | null> {
  if (session.value !== undefined && !again) return session.value
  try {
    await adopt(await api.get<Session>('/session'))
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 401) throw error
    session.value = null
  }
  return session.value ?? null
}

/** Change the own profile on the server and everywhere on the page. */
export async function changeMe(change: Partial<Me>): Promise<void> {
  const person = await api.patch<Me>('/me', change)
  if (session.value) await adopt({ ...session.value, person: { ...session.value.person, ...person } })
}

/** Change what the page knows of the own person without asking the server (presence from the stream). */
export function patchMe(change: Partial<Me>): void {
  if (session.value) session.value = { ...session.value, person: { ...session.value.person, ...change } }
}

export function forgetSession(): void {
  session.value = null
  setCsrf('')
}
