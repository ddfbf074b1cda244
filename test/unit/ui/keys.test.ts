import { describe, expect, it } from 'vitest';
import { type Binding, bindingFor, pressesOf, singlePresses } from '../../../src/ui/keys.ts';

function names(input: string): string[] {
  return pressesOf(input).map(({ name, text }) => (name === 'text' ? `"${text}"` : name));
}

describe('what a terminal sends', () => {
  it.each([
    ['\u001b', ['escape']],
    ['\u001b\u001b', ['escape', 'escape']],
    ['\u001b[A', ['up']],
    ['\u001bOB', ['down']],
    ['\u001b\u001b[C', ['right']],
    ['\u001b[1;5D', ['ctrl+left']],
    ['\u001b[1;2D', ['left']],
    ['\u001b[5~', ['pageup']],
    ['\u001b[1~', ['home']],
    ['\u001bOF', ['end']],
    ['\u001b[3~', ['delete']],
    ['\u001b[Z', ['shift+tab']],
    ['\u007f', ['backspace']],
    ['\b', ['backspace']],
    ['\r', ['enter']],
    ['\t', ['tab']],
    ['\u0003', ['ctrl+c']],
    ['q', ['q']],
    ['?', ['?']],
    ['中', ['中']],
  ])('%j is %j', (input, expected) => expect(names(input)).toEqual(expected));

  it.each(['\u001b[1;5P', '\u001b[M', '\u001bx', '\u001b[200~', '\u001b[201~', '\u0000'])(
    'has no meaning as %j',
    (input) => expect(names(input)).toEqual([]),
  );

  it('can be several keys in one read', () => {
    expect(names('sample\r')).toEqual(['"sample"', 'enter']);
    expect(names('\r\r')).toEqual(['enter', 'enter']);
    expect(names('ab\u007fc\t')).toEqual(['"ab"', 'backspace', 'c', 'tab']);
  });

  it('is a paste where a second line follows: the first one counts', () => {
    expect(names('/src/fabric\r\nrm -rf /\r\n')).toEqual(['"/src/fabric"']);
  });
});

describe('a key table', () => {
  const quit: Binding = { keys: ['q'], act: () => undefined };
  const never: Binding = { keys: ['q', 'x'], when: false, act: () => undefined };

  it('gives the first row that may act', () => {
    const press = { name: 'q', text: 'q' };
    expect(bindingFor([never, quit], press)).toBe(quit);
    expect(bindingFor([never], press)).toBeUndefined();
  });

  it('takes a text that no field wants for keys', () => {
    expect(singlePresses({ name: 'text', text: 'rq' }).map(({ name }) => name)).toEqual(['r', 'q']);
  });
});
