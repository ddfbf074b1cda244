import { describe, expect, it } from 'vitest';
import { paletteActions, paletteOptions } from '../../../src/screens/palette-view.ts';
import type { Binding } from '../../../src/ui/keys.ts';
import { createTheme } from '../../../src/ui/theme.tsx';

const act = () => undefined;
const theme = createTheme({ colour: false, unicode: true, language: 'en' });
const GLOBALS: readonly Binding[] = [
  { keys: ['?'], label: 'explain', act },
  { keys: [':'], label: 'all actions', act },
  { keys: ['q'], label: 'quit', act },
];
const TABLE: readonly Binding[] = [
  { keys: ['enter'], label: 'start peer0', when: false, act },
  { keys: ['enter'], label: 'show the run', act },
  { keys: ['r'], label: 'rebuild', when: false, act },
  { keys: ['l'], label: 'logs', minor: true, act },
  { keys: ['up'], act },
];

describe('the actions of a screen', () => {
  it('are all that its footer could show; those that cannot be done now come last', () => {
    expect(paletteActions(TABLE, GLOBALS, '')).toEqual([
      { key: 'enter', label: 'show the run', possible: true },
      { key: 'l', label: 'logs', possible: true },
      { key: '?', label: 'explain', possible: true },
      { key: 'q', label: 'quit', possible: true },
      { key: 'r', label: 'rebuild', possible: false },
    ]);
  });

  it('are found by a part of their label in any case', () => {
    expect(paletteActions(TABLE, GLOBALS, 'BUILD').map(({ label }) => label)).toEqual(['rebuild']);
    expect(paletteActions(TABLE, GLOBALS, 'moon')).toEqual([]);
  });

  it('have their keys and what cannot be done in columns', () => {
    const disabled = TABLE.map((binding) => ({ ...binding, when: false }));
    const options = paletteOptions(paletteActions(disabled, [], ''), theme);
    expect(options.map(({ hint }) => hint)).toEqual([
      'Enter  not possible now',
      'Enter  not possible now',
      'r      not possible now',
      'l      not possible now',
    ]);
  });
});
