import { describe, expect, it } from 'vitest';
import { paletteActions, paletteOptions } from '../../../src/screens/screen-actions.ts';
import type { Binding } from '../../../src/ui/keys.ts';
import { createTheme } from '../../../src/ui/theme.tsx';

const act = () => undefined;
const GLOBALS: readonly Binding[] = [
  { keys: ['?'], label: 'explain', act },
  { keys: [':'], label: 'all actions', act },
  { keys: ['q'], label: 'quit', act },
];
const TABLE: readonly Binding[] = [
  { keys: ['enter'], label: 'start peer0', unavailable: 'peer0 is running', act },
  { keys: ['enter'], label: 'show the run', act },
  { keys: ['r'], label: 'rebuild', unavailable: 'no network', act },
  { keys: ['escape'], label: 'clear', when: false, act },
  { keys: ['l'], label: 'logs', minor: true, act },
  { keys: ['up'], act },
];

describe('the actions of a screen', () => {
  it('are all that its footer could show; those that cannot be done now come last', () => {
    expect(paletteActions({ bindings: TABLE }, GLOBALS, '')).toEqual([
      { keys: ['enter'], label: 'show the run' },
      { keys: ['l'], label: 'logs' },
      { keys: ['?'], label: 'explain' },
      { keys: ['q'], label: 'quit' },
      { keys: ['r'], label: 'rebuild', reason: 'no network' },
    ]);
  });

  it('are listed once if several keys do them', () => {
    const start: readonly Binding[] = [
      { keys: ['enter'], label: 'start peer0', act },
      { keys: ['e'], label: 'shell', unavailable: 'peer0 is not running', act },
      { keys: ['t'], label: 'start peer0', act },
    ];
    expect(paletteActions({ bindings: start }, [], '')).toEqual([
      { keys: ['enter', 't'], label: 'start peer0' },
      { keys: ['e'], label: 'shell', reason: 'peer0 is not running' },
    ]);
  });

  it('are found by a part of their label in any case', () => {
    expect(paletteActions({ bindings: TABLE }, GLOBALS, 'BUILD').map(({ label }) => label)).toEqual([
      'rebuild',
    ]);
    expect(paletteActions({ bindings: TABLE }, GLOBALS, 'moon')).toEqual([]);
  });

  it('have their keys and what cannot be done in columns', () => {
    const theme = createTheme({ colour: false, unicode: true, language: 'en' });
    const bindings = ['enter', 'r'].map((key) => ({ keys: [key], label: key, unavailable: 'not now', act }));
    const options = paletteOptions(paletteActions({ bindings }, [], ''), theme);
    expect(options.map(({ hint }) => hint)).toEqual(['Enter  not now', 'r      not now']);
  });
});
