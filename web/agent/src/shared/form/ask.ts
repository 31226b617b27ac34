import { shallowRef } from 'vue'

export interface Question {
  title: string
  text: string
  yes: string
  no: string
  isDangerous: boolean
  answer: (yes: boolean) => void
}

export const question = shallowRef<Question | null>(null)

/** Ask before something that cannot be taken back; everything else is done and offered for undoing. */
export function ask(
  words: Omit<Question, 'answer' | 'isDangerous'> & { isDangerous?: boolean },
): Promise<boolean> {
  question.value?.answer(false)
  return new Promise((resolve) => {
    question.value = {
      isDangerous: false,
      ...words,
      answer: (yes) => {
        question.value = null
        resolve(yes)
      },
    }
  })
}
