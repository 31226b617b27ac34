/** Whether there is a pointer that can rest on things; a tap would leave a tooltip standing over the page. */
export const canHover: boolean =
  typeof window.matchMedia !== 'function' || window.matchMedia('(hover: hover)').matches
