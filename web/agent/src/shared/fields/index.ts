export { default as FieldRow } from './FieldRow.vue'
export * from './form'
export { useFieldList, useFields, type Fields } from './useFields'
export * from './values'
