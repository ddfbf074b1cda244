/** What a terminal looks like and speaks: colours, symbols, language, size. */
import { createContext, useContext } from 'react';
import type { Language } from '../report/language/language.ts';
import type { Speech } from '../report/language/speech.ts';
import { createStyle, type Style } from '../report/style.ts';

export interface Face extends Speech {
  readonly style: Style;
  readonly unicode: boolean;
}

export function createFace(options: {
  readonly colour: boolean;
  readonly unicode: boolean;
  readonly language: Language;
}): Face {
  const style = createStyle(options);
  const { language, say, tell } = style;
  return { style, unicode: options.unicode, language, say, tell };
}

export interface Size {
  readonly columns: number;
  readonly rows: number;
}

export const FaceContext = createContext<Face>(createFace({ colour: false, unicode: true, language: 'en' }));
export const SizeContext = createContext<Size>({ columns: 80, rows: 24 });

export function useFace(): Face {
  return useContext(FaceContext);
}

/** Of the terminal, live. A frame takes one row less: see `Frame`. */
export function useSize(): Size {
  return useContext(SizeContext);
}
