/** Theme and size of the terminal: colours, symbols, language, columns and rows. */
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
  /** Flags that every command of ours gets; see `createStyle`. */
  readonly given?: readonly string[];
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

/** Current size of the terminal. A frame is one row lower; see `Frame`. */
export function useSize(): Size {
  return useContext(SizeContext);
}
