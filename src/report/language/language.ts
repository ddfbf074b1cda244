/** Which language a person reads. */

export const LANGUAGES = ['en', 'zh'] as const;
export type Language = (typeof LANGUAGES)[number];

export function isLanguage(text: string): text is Language {
  return LANGUAGES.some((language) => language === text);
}

/**
 * The language of the messages in POSIX order, e.g. of `LANG=zh_CN.UTF-8`. English for every one that we
 * do not have, and for a locale whose character set can't show what we would write.
 */
export function languageOf(env: Readonly<Record<string, string | undefined>>): Language {
  const locale = env.LC_ALL || env.LC_MESSAGES || env.LANG || '';
  const charset = locale.split('.')[1]?.split('@')[0] ?? 'UTF-8';
  return /^zh([_.@-]|$)/i.test(locale) && /^utf-?8$/i.test(charset) ? 'zh' : 'en';
}
