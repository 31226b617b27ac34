/** The look: every colour, size and shadow of the product stands here and nowhere else. */

export type ThemeName = 'light' | 'dark'

const light = {
  accent: '#0d7a6f',
  'accent-strong': '#095f57',
  'accent-soft': '#e2f2ef',
  'accent-line': '#b5ddd6',
  'on-accent': '#ffffff',
  ground: '#f6f5f2',
  surface: '#ffffff',
  // mails with a look of their own are printed on it in both themes
  paper: '#ffffff',
  'surface-2': '#faf9f7',
  hover: '#f1efeb',
  selected: '#e9f4f2',
  line: '#e6e3dd',
  'line-strong': '#d3cfc6',
  // the border of a field: 3:1 against every ground
  'line-field': '#8f918b',
  ink: '#1f2422',
  'ink-2': '#525955',
  'ink-3': '#676e69',
  'ink-4': '#a7ada9',
  good: '#19784a',
  'good-soft': '#e3f4ea',
  'good-dot': '#2fa866',
  warn: '#8d5a00',
  'warn-soft': '#fdf1d8',
  'warn-dot': '#d99a24',
  bad: '#b92f24',
  'bad-soft': '#fde9e6',
  'on-bad': '#ffffff',
  info: '#2a62b8',
  'info-soft': '#e7effb',
  gold: '#6d4f0b',
  'gold-soft': '#f6e7c1',
  note: '#fff6dc',
  'note-strong': '#8a6a10',
  'note-line': '#e8d28a',
  'note-ink': '#5e490d',
  'on-note': '#ffffff',
  customer: '#f0eeea',
  agent: '#e2f2ef',
  veil: 'rgb(31 36 34 / 0.36)',
  shadow: '0 1px 2px rgb(31 36 34 / 0.05), 0 4px 16px rgb(31 36 34 / 0.06)',
  'shadow-l': '0 2px 6px rgb(31 36 34 / 0.08), 0 16px 48px rgb(31 36 34 / 0.16)',
  'face-1': '#cfe3de',
  'face-2': '#f0cfc8',
  'face-3': '#d3d8f0',
  'face-4': '#e6dcc8',
  'face-5': '#d3e6cf',
  'face-6': '#e9d5e6',
  'face-7': '#cfdfe9',
  'face-8': '#d8cbbb',
  'on-face': '#33413d',
}

export type Palette = Record<keyof typeof light, string>

const dark: Palette = {
  accent: '#37b3a4',
  'accent-strong': '#6fd0c4',
  'accent-soft': '#143230',
  'accent-line': '#24534d',
  'on-accent': '#06211e',
  ground: '#141716',
  surface: '#1b1f1e',
  paper: '#ffffff',
  'surface-2': '#1f2423',
  hover: '#262c2a',
  selected: '#18302d',
  line: '#2b3230',
  'line-strong': '#3b4441',
  'line-field': '#6d7773',
  ink: '#e9ecea',
  'ink-2': '#b4bcb8',
  'ink-3': '#939d98',
  'ink-4': '#5f6965',
  good: '#53c188',
  'good-soft': '#15301f',
  'good-dot': '#3cb878',
  warn: '#e0aa4a',
  'warn-soft': '#33270f',
  'warn-dot': '#e0aa4a',
  bad: '#f28679',
  'bad-soft': '#3a1a17',
  'on-bad': '#2b0b08',
  info: '#86aef0',
  'info-soft': '#182640',
  gold: '#f0d48a',
  'gold-soft': '#463610',
  note: '#2c2613',
  'note-strong': '#dcb84e',
  'note-line': '#5d4e20',
  'note-ink': '#e4cf8e',
  'on-note': '#241d05',
  customer: '#262b2a',
  agent: '#17332f',
  veil: 'rgb(0 0 0 / 0.55)',
  shadow: '0 1px 2px rgb(0 0 0 / 0.3), 0 6px 20px rgb(0 0 0 / 0.25)',
  'shadow-l': '0 2px 6px rgb(0 0 0 / 0.4), 0 16px 48px rgb(0 0 0 / 0.5)',
  'face-1': '#2c4a44',
  'face-2': '#57352f',
  'face-3': '#353c5c',
  'face-4': '#4b4231',
  'face-5': '#34492f',
  'face-6': '#4d364a',
  'face-7': '#30444f',
  'face-8': '#4a3f33',
  'on-face': '#e3ebe7',
}

export const palettes: Record<ThemeName, Palette> = { light, dark }

export const FACE_COUNT = 8

export const sizes = {
  radius: '6px',
  'radius-l': '10px',
  font: '"Inter", system-ui, -apple-system, "Segoe UI", "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "Noto Sans SC", sans-serif',
  mono: 'ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, monospace',
  's-size': '12px',
  'm-size': '14px',
  'l-size': '16px',
  'xl-size': '20px',
}

/** Custom properties of one theme, `--accent` and so on, for `:root`. */
export function cssVariables(theme: ThemeName): Record<string, string> {
  const all = { ...sizes, ...palettes[theme] }
  return Object.fromEntries(Object.entries(all).map(([name, value]) => [`--${name}`, value]))
}
