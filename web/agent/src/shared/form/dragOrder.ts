import { ref } from 'vue'

/** What a row needs to be dragged to another place of its list; `move` says from where to where. */
export function useDragOrder(move: (from: number, to: number) => void) {
  const from = ref<number | null>(null)
  const over = ref<number | null>(null)

  function end(): void {
    from.value = null
    over.value = null
  }

  function rowOf(at: number) {
    return {
      draggable: true,
      class: { dragged: from.value === at, target: over.value === at && from.value !== at },
      onDragstart: (event: DragEvent): void => {
        from.value = at
        event.dataTransfer?.setData('text/plain', String(at))
      },
      onDragover: (event: DragEvent): void => {
        if (from.value === null) return
        event.preventDefault()
        over.value = at
      },
      onDrop: (event: DragEvent): void => {
        event.preventDefault()
        const start = from.value
        end()
        if (start !== null && start !== at) move(start, at)
      },
      onDragend: end,
    }
  }
  return { rowOf }
}
