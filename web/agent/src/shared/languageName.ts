/** A language as the reader calls it; its code where browsers know no name. */
export function languageName(locale: string, reader: string): string {
  try {
    // the country says nothing where a language has one writing here
    const code = locale === 'zh-CN' ? 'zh' : locale
    return new Intl.DisplayNames([reader], { type: 'language' }).of(code) ?? locale
  } catch {
    return locale
  }
}
