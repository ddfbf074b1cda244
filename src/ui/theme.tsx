/** What a terminal looks like and speaks: colours, symbols, language, size. */
import { createContext, useContext } from 'react';
import type { Language } from '../report/language/language.ts';
import type { Translator } from '../report/language/translator.ts';
import { createStyle, type Style } from '../report/style.ts';

export interface Theme extends Translator {
  readonly style: Style;
  readonly unicode: boolean;
}

export function createTheme(options: {
  readonly colour: boolean;
  readonly unicode: boolean;
  readonly language: Language;
}): Theme {
  const style = createStyle(options);
  const { language, t, translate } = style;
  return { style, unicode: options.unicode, language, t, translate };
}

export interface Size {
  readonly columns: number;
  readonly rows: number;
}

export const ThemeContext = createContext<Theme>(
  createTheme({ colour: false, unicode: true, language: 'en' }),
);
export const SizeContext = createContext<Size>({ columns: 80, rows: 24 });

export function useTheme(): Theme {
  return useContext(ThemeContext);
}

/** Of the terminal, live. A frame takes one row less: see `Frame`. */
export function useSize(): Size {
  return useContext(SizeContext);
}
