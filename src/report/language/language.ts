/** Languages of the user interface, and the choice of one by locale. */

export const LANGUAGES = ['en', 'zh'] as const;
export type Language = (typeof LANGUAGES)[number];

export function isLanguage(text: string): text is Language {
  return LANGUAGES.some((language) => language === text);
}

/**
 * Returns the message language of a locale environment such as `LANG=zh_CN.UTF-8`, in POSIX order:
 * `LC_ALL`, `LC_MESSAGES`, `LANG`. English if there is no catalogue for the language, or if the character
 * set is not UTF-8.
 */
export function languageOf(env: Readonly<Record<string, string | undefined>>): Language {
  const locale = env.LC_ALL || env.LC_MESSAGES || env.LANG || '';
  const charset = locale.split('.')[1]?.split('@')[0] ?? 'UTF-8';
  return /^zh([_.@-]|$)/i.test(locale) && /^utf-?8$/i.test(charset) ? 'zh' : 'en';
}
