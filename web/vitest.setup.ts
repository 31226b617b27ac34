// What jsdom lacks and browsers have.
class NoResizes implements ResizeObserver {
  observe(): void {
    // nothing is laid out here, so nothing changes its size
  }
  unobserve(): void {
    // as above
  }
  disconnect(): void {
    // as above
  }
}

window.ResizeObserver ??= NoResizes
