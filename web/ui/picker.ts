import type { Component } from 'vue'

/** One line of a picker. */
export interface PickerOption {
  key: string
  label: string
  /** Second line. */
  below?: string
  /** Quiet words at the end of the line; searched, too. */
  hint?: string
  /** Options of one section stand together under its name. */
  section?: string
  icon?: Component
  color?: string
  face?: { seed: number; presence?: 'online' | 'away' | 'offline' | 'busy' | 'break' | 'wrap_up' }
  isChecked?: boolean
  isDisabled?: boolean
}
