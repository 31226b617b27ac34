import { computed, onBeforeUnmount, ref, watch, type Ref } from 'vue'

/** First and last (exclusive) row to draw; a few more than are seen, so that a flick shows no gap. */
export function visibleRange(
  scrollTop: number,
  height: number,
  rowHeight: number,
  count: number,
  spare = 6,
): [number, number] {
  const first = Math.max(0, Math.floor(scrollTop / rowHeight) - spare)
  const last = Math.min(count, Math.ceil((scrollTop + height) / rowHeight) + spare)
  return [Math.min(first, last), last]
}

/** Draw only the rows of equal height that are in sight. */
export function useWindow(box: Ref<HTMLElement | undefined>, count: Ref<number>, rowHeight: number) {
  const scrollTop = ref(0)
  const height = ref(800)
  let observer: ResizeObserver | undefined

  const range = computed(() => visibleRange(scrollTop.value, height.value, rowHeight, count.value))

  function onScroll(): void {
    scrollTop.value = box.value?.scrollTop ?? 0
  }

  // the box comes and goes with the search: each new one is measured
  watch(box, (element) => {
    observer?.disconnect()
    if (!element) return
    scrollTop.value = element.scrollTop
    observer = new ResizeObserver(() => (height.value = element.clientHeight))
    observer.observe(element)
  })
  onBeforeUnmount(() => observer?.disconnect())

  /** Scroll as little as it takes to have a row in sight. */
  function reveal(index: number): void {
    const element = box.value
    if (!element) return
    const top = index * rowHeight
    if (top < element.scrollTop) element.scrollTop = top
    else if (top + rowHeight > element.scrollTop + element.clientHeight)
      element.scrollTop = top + rowHeight - element.clientHeight
  }

  function toTop(): void {
    if (box.value) box.value.scrollTop = 0
  }

  return { range, onScroll, reveal, toTop }
}
