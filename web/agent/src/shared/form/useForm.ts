import { i18n } from '@/i18n'
import { errorText } from '@/shared/errorText'
import { ApiError } from '@api'
import { computed, nextTick, reactive, ref, watch, type ComputedRef, type Ref } from 'vue'

export type Errors = Record<string, string>

export interface Form<T extends object> {
  values: T
  /** Messages by field: those of fields that were left, of all after the first attempt to save. */
  errors: ComputedRef<Errors>
  isDirty: ComputedRef<boolean>
  isSaving: Ref<boolean>
  /** What the server said that belongs to no field. */
  problem: Ref<string>
  touch: (field: string) => void
  /** Check and save; false if anything was wrong. */
  submit: () => Promise<boolean>
  /** Take `values`, or what was saved last, as the unchanged state. */
  reset: (values?: T) => void
}

interface FormOptions<T extends object> {
  initial: T
  check?: (values: T) => Errors
  save: (values: T) => Promise<unknown>
  words?: (error: unknown) => string
}

/** The server names what is wrong with a field by a code, or says it in English. */
function fieldText(said: string): string {
  const { t, te } = i18n.global
  return te(`form.fields.${said}`) ? t(`form.fields.${said}`) : said
}

const copy = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T

/** A form: values, messages, dirtiness, saving. Knows nothing of how it looks. */
export function useForm<T extends object>(options: FormOptions<T>): Form<T> {
  const values = reactive(copy(options.initial)) as T
  const saved = ref(JSON.stringify(options.initial))
  const left = reactive(new Set<string>())
  const wasTried = ref(false)
  const fromServer = ref<Errors>({})
  const problem = ref('')
  const isSaving = ref(false)

  const found = computed(() => options.check?.(values) ?? {})
  const errors = computed<Errors>(() => {
    const shown = Object.entries(found.value).filter(([field]) => wasTried.value || left.has(field))
    return { ...fromServer.value, ...Object.fromEntries(shown) }
  })
  const isDirty = computed(() => JSON.stringify(values) !== saved.value)
  watch(
    () => JSON.stringify(values),
    () => (fromServer.value = {}),
  )

  function reset(next?: T): void {
    const wanted = next ? copy(next) : (JSON.parse(saved.value) as T)
    Object.assign(values, wanted)
    saved.value = JSON.stringify(values)
    left.clear()
    wasTried.value = false
    problem.value = ''
    fromServer.value = {}
  }

  function showFirstError(): void {
    void nextTick(() => document.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus())
  }

  function refuse(error: unknown): void {
    const fields = error instanceof ApiError ? error.fields : {}
    fromServer.value = Object.fromEntries(
      Object.entries(fields).map(([field, said]) => [field, fieldText(said)]),
    )
    // said once, where it belongs; in general only if some of it belongs to no field of ours
    const isPlaced = Object.keys(fields).length > 0 && Object.keys(fields).every((field) => field in values)
    problem.value = isPlaced ? '' : (options.words ?? errorText)(error)
    showFirstError()
  }

  async function submit(): Promise<boolean> {
    if (isSaving.value) return false
    wasTried.value = true
    problem.value = ''
    if (Object.keys(found.value).length > 0) {
      showFirstError()
      return false
    }
    isSaving.value = true
    const sent = JSON.stringify(values)
    try {
      await options.save(JSON.parse(sent) as T)
      saved.value = sent
      wasTried.value = false
      left.clear()
      return true
    } catch (error) {
      refuse(error)
      return false
    } finally {
      isSaving.value = false
    }
  }

  return { values, errors, isDirty, isSaving, problem, touch: (field) => left.add(field), submit, reset }
}
