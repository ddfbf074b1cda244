/** What a terminal looks like and speaks: colours, symbols, language, size. */
import { createContext, useContext } from 'react';
import { LABELS } from '../report/language/label-texts.ts';
import { fill, type LabelKey } from '../report/language/labels.ts';
import type { Language } from '../report/language/language.ts';
import { createStyle, type Style } from '../report/style.ts';

export interface Face {
  readonly style: Style;
  readonly unicode: boolean;
  readonly language: Language;
  /** A label in the reader's language, its `{names}` filled in. */
  readonly say: (key: LabelKey, values?: Readonly<Record<string, string>>) => string;
}

export function createFace(options: {
  readonly colour: boolean;
  readonly unicode: boolean;
  readonly language: Language;
}): Face {
  const { colour, unicode, language } = options;
  const labels = LABELS[language];
  return {
    style: createStyle({ colour, unicode }),
    unicode,
    language,
    say: (key, values = {}) => fill(labels[key], values),
  };
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
