import { darkTheme, type GlobalThemeOverrides } from 'naive-ui'
import { computed, ref, watchEffect, type ComputedRef, type Ref } from 'vue'
import { cssVariables, palettes, sizes, type Palette, type ThemeName } from './tokens'

export type ThemeChoice = 'system' | 'light' | 'dark'

const STORE_KEY = 'ombud.theme'
const systemIsDark = ref(false)

function storedChoice(): ThemeChoice {
  const stored = localStorage.getItem(STORE_KEY)
  return stored === 'light' || stored === 'dark' ? stored : 'system'
}

/** What the reader chose; kept in the browser, so that the sign-in page already has it. */
export const themeChoice: Ref<ThemeChoice> = ref('system')

export const themeName: ComputedRef<ThemeName> = computed(() => {
  if (themeChoice.value !== 'system') return themeChoice.value
  return systemIsDark.value ? 'dark' : 'light'
})

/** Follow the system and write the tokens of the present theme to the page. Call once. */
export function startTheme(): void {
  themeChoice.value = storedChoice()
  const query = window.matchMedia('(prefers-color-scheme: dark)')
  systemIsDark.value = query.matches
  query.addEventListener('change', (event) => (systemIsDark.value = event.matches))
  watchEffect(() => {
    const root = document.documentElement
    root.dataset.theme = themeName.value
    root.style.colorScheme = themeName.value
    for (const [name, value] of Object.entries(cssVariables(themeName.value)))
      root.style.setProperty(name, value)
    localStorage.setItem(STORE_KEY, themeChoice.value)
  })
}

/** A field is known by its border: 3:1 against the ground, in the dark theme as well. */
function fieldOverrides(p: Palette): GlobalThemeOverrides {
  return {
    Input: {
      border: `1px solid ${p['line-field']}`,
      borderDisabled: `1px solid ${p['line-strong']}`,
      color: p.surface,
      colorFocus: p.surface,
      colorDisabled: p['surface-2'],
      textColorDisabled: p['ink-2'],
    },
    InternalSelection: { border: `1px solid ${p['line-field']}`, color: p.surface, colorActive: p.surface },
  }
}

/** Naive UI's theme, made from our tokens. */
export function naiveOverrides(theme: ThemeName): GlobalThemeOverrides {
  const p = palettes[theme]
  return {
    common: {
      primaryColor: p.accent,
      primaryColorHover: p['accent-strong'],
      primaryColorPressed: p['accent-strong'],
      primaryColorSuppl: p.accent,
      successColor: p.good,
      warningColor: p.warn,
      errorColor: p.bad,
      errorColorHover: p.bad,
      infoColor: p.info,
      textColorBase: p.ink,
      textColor1: p.ink,
      textColor2: p.ink,
      textColor3: p['ink-2'],
      placeholderColor: p['ink-3'],
      iconColor: p['ink-3'],
      bodyColor: p.ground,
      cardColor: p.surface,
      modalColor: p.surface,
      popoverColor: p.surface,
      tableColor: p.surface,
      inputColor: p.surface,
      hoverColor: p.hover,
      borderColor: p['line-strong'],
      dividerColor: p.line,
      borderRadius: sizes.radius,
      borderRadiusSmall: '4px',
      fontFamily: sizes.font,
      fontSize: '14px',
      fontSizeMedium: '14px',
      fontSizeSmall: '13px',
      heightMedium: '32px',
      heightSmall: '28px',
      lineHeight: '22px',
      boxShadow2: p['shadow-l'],
    },
    Button: {
      textColorPrimary: p['on-accent'],
      textColorHoverPrimary: p['on-accent'],
      textColorFocusPrimary: p['on-accent'],
      textColorPressedPrimary: p['on-accent'],
      fontWeight: '500',
      textColorError: p['on-bad'],
    },
    ...fieldOverrides(p),
    Drawer: { color: p.surface },
    Dropdown: { optionColorHover: p.hover, optionHeightMedium: '32px', fontSizeMedium: '13px' },
    Tooltip: { color: p.ink, textColor: p.surface },
  }
}

export const naiveTheme = computed(() => (themeName.value === 'dark' ? darkTheme : null))
export const naiveThemeOverrides = computed(() => naiveOverrides(themeName.value))
