export { default as Avatar } from './Avatar.vue'
export { default as DialogBox } from './DialogBox.vue'
export { default as EmptyState } from './EmptyState.vue'
export { default as ErrorNote } from './ErrorNote.vue'
export { default as IconButton } from './IconButton.vue'
export { default as Kbd } from './Kbd.vue'
export { default as RelativeTime } from './RelativeTime.vue'
export { default as Skeleton } from './Skeleton.vue'
export { default as Tag } from './Tag.vue'
export {
  naiveTheme,
  naiveThemeOverrides,
  startTheme,
  themeChoice,
  themeName,
  type ThemeChoice,
} from './theme'
export { exactTime, now, relativeTime, startClock, timeZone } from './time'
export { default as PickerMenu } from './PickerMenu.vue'
export type { PickerOption } from './picker'
export { clockTime, dateTime, dayKey, dayName, weekdayTime } from './time'
export { tierTone } from './tier'
export { holds, type Condition, type ConditionContext } from './conditions'
export { default as ConditionBuilder } from './ConditionBuilder.vue'
export type { ConditionField, ConditionKind, ConditionOption, ConditionProblem } from './conditionTree'
