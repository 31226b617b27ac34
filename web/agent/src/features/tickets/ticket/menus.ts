import type { Category, Priority } from '@api'
import {
  ChevronDown,
  ChevronsUp,
  ChevronUp,
  Circle,
  CircleCheck,
  CircleDot,
  CirclePause,
  CircleX,
  Hourglass,
  Minus,
} from 'lucide-vue-next'
import { ref, type Component } from 'vue'

export type MenuName = 'status' | 'priority' | 'assign' | 'team' | 'tags' | 'snooze'

/** The menu of the ticket's header that is open; keys and the palette open them, too. */
export const openMenu = ref<MenuName | null>(null)

export const statusIcons: Record<Category, Component> = {
  new: CircleDot,
  open: Circle,
  waiting: Hourglass,
  on_hold: CirclePause,
  solved: CircleCheck,
  closed: CircleX,
}

export const statusColors: Record<Category, string> = {
  new: 'var(--info)',
  open: 'var(--accent)',
  waiting: 'var(--warn)',
  on_hold: 'var(--ink-3)',
  solved: 'var(--good)',
  closed: 'var(--ink-3)',
}

export const priorityIcons: Record<Priority, Component> = {
  1: ChevronDown,
  2: Minus,
  3: ChevronUp,
  4: ChevronsUp,
}

export const priorityColors: Record<Priority, string> = {
  1: 'var(--ink-3)',
  2: 'var(--ink-3)',
  3: 'var(--warn)',
  4: 'var(--bad)',
}
