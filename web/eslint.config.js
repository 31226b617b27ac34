import vue from 'eslint-plugin-vue'
import tseslint from 'typescript-eslint'

/** Imports go down only: app → features → shared/stream/i18n → ui, api. */
const forbid = (files, group, message) => ({
  files,
  rules: { 'no-restricted-imports': ['error', { patterns: [{ group, message }] }] },
})

export default tseslint.config(
  { ignores: ['node_modules', 'api/schema.gen.ts', '../ombud'] },
  ...tseslint.configs.strict,
  ...vue.configs['flat/recommended'],
  {
    files: ['**/*.vue'],
    languageOptions: { parserOptions: { parser: tseslint.parser } },
  },
  {
    languageOptions: { globals: { window: 'readonly', document: 'readonly' } },
    rules: {
      // vue-tsc knows every name; templates are laid out by prettier
      'no-undef': 'off',
      'vue/max-attributes-per-line': 'off',
      'vue/singleline-html-element-content-newline': 'off',
      'vue/html-self-closing': 'off',
      'vue/html-indent': 'off',
      'vue/html-closing-bracket-newline': 'off',
      'vue/multiline-html-element-content-newline': 'off',
      'vue/first-attribute-linebreak': 'off',
      'vue/attributes-order': 'off',
      // small names are fine for the shared pieces: Avatar, Kbd, Tag
      'vue/multi-word-component-names': 'off',
      // an absent optional prop is undefined, as its type says
      'vue/require-default-prop': 'off',
      'vue/no-v-html': 'error',
      'max-depth': ['error', 3],
      'max-lines': ['error', { max: 400, skipBlankLines: true }],
      'max-lines-per-function': ['error', { max: 60, skipBlankLines: true }],
      '@typescript-eslint/no-explicit-any': 'error',
    },
  },
  {
    // a component's set-up and a suite are one function by the framework's making
    files: ['**/*.spec.ts', '**/use*.ts'],
    rules: { 'max-lines-per-function': 'off' },
  },
  {
    // a piece of the widget is one closure: no framework holds its parts together, and classes would weigh more
    files: ['widget/**/*.ts'],
    rules: { 'max-lines-per-function': 'off' },
  },
  forbid(['widget/**'], ['@/*', '@ui', '@ui/*', '@api'], 'the widget shares nothing with the workspace: every byte of it is counted'),
  forbid(['ui/**'], ['@/*', '@api'], 'ui stands below everything'),
  forbid(['api/**'], ['@/*', '@ui', '@ui/*'], 'api stands beside ui'),
  forbid(['agent/src/{shared,stream,i18n}/**'], ['@/features/*', '@/app/*'], 'shared parts know no feature'),
  forbid(['agent/src/features/**'], ['@/features/*', '@/app/*'], 'features meet in shared, not in each other'),
)
