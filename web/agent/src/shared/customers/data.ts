import { api, ApiError, type Customer, type Duplicate, type Id, type Page, type Profile } from '@api'
import { useQuery, type Query } from '@tanstack/vue-query'
import { computed, shallowRef, type Ref } from 'vue'
import { errorText } from '@/shared/errorText'
import { queryClient } from '@/shared/queryClient'
import { toast } from '@/shared/toasts'

export const customerPath = (id: Id, rest = ''): string => `/customers/${String(id)}${rest}`

export function useCustomer(id: Ref<Id>) {
  return useQuery({
    queryKey: computed(() => ['customer', id.value]),
    queryFn: ({ signal }) => api.get<Customer>(customerPath(id.value), signal),
    shallow: true,
  })
}

export function useDuplicates(id: Ref<Id>) {
  return useQuery({
    queryKey: computed(() => ['customer', id.value, 'duplicates']),
    queryFn: async ({ signal }) =>
      (await api.get<{ items: Duplicate[] }>(customerPath(id.value, '/duplicates'), signal)).items,
    shallow: true,
  })
}

export function useProfile(id: Ref<Id>) {
  return useQuery({
    queryKey: computed(() => ['customer', id.value, 'profile']),
    queryFn: ({ signal }) => api.get<Profile>(customerPath(id.value, '/profile'), signal),
    shallow: true,
  })
}

/** A first page of what belongs to a customer. */
export function useCustomerList<T>(id: Ref<Id>, name: string) {
  return useQuery({
    queryKey: computed(() => ['customer', id.value, name]),
    queryFn: async ({ signal }) =>
      (await api.get<Page<T>>(customerPath(id.value, `/${name}?limit=100`), signal)).items,
    shallow: true,
  })
}

/** Whom somebody must make sure of before they can go on, and what happens then. */
export interface CheckWanted {
  customerId: Id
  needed: number
  retry: (() => void) | undefined
}

export const checkWanted = shallowRef<CheckWanted | null>(null)

export function askForCheck(customerId: Id, needed = 0, retry?: () => void): void {
  checkWanted.value = { customerId, needed, retry }
}

/** Show what the server says of a customer, and fetch anew what hangs on it. */
export function putCustomer(found: Customer): void {
  queryClient.setQueryData(['customer', found.id], found)
  const hanging = {
    predicate: ({ queryKey: [first, id, rest] }: Query) =>
      first === 'customer' && id === found.id && rest !== undefined,
  }
  // a first load that left before the change would count as fresh
  void queryClient.cancelQueries(hanging).then(() => queryClient.invalidateQueries(hanging))
  void queryClient.invalidateQueries({ queryKey: ['customers'] })
}

/** Do something with a customer; where an identity check is missing, ask for it and do it then. */
export async function withCheck<T>(deed: () => Promise<T>, done: (result: T) => void): Promise<boolean> {
  try {
    done(await deed())
    return true
  } catch (error) {
    if (error instanceof ApiError && error.code === 'identity_check_needed')
      askForCheck(Number(error.body.customer_id), Number(error.body.needed), () => void withCheck(deed, done))
    else toast(errorText(error), { tone: 'bad' })
    return false
  }
}

type Method = 'post' | 'patch' | 'put' | 'delete'

/** Send a change whose answer is the customer. */
export function changeCustomer(id: Id, method: Method, rest: string, body?: unknown): Promise<boolean> {
  return withCheck(() => api[method]<Customer>(customerPath(id, rest), body), putCustomer)
}
