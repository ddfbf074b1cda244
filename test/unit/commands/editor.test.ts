import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { editorAt, fileBelow } from '../../../src/commands/editor.ts';
import { tempDir, writeFiles } from '../../support/temp-dir.ts';

const PLACE = { path: '/fabric/core/a file.go', line: 12 };

describe('editorAt', () => {
  it.each([
    ['vi', ['+12', PLACE.path]],
    ['/usr/bin/vim', ['+12', PLACE.path]],
    ['nvim', ['+12', PLACE.path]],
    ['vim.basic', ['+12', PLACE.path]],
    ['nano', ['+12', PLACE.path]],
    ['emacs -nw', ['-nw', '+12', PLACE.path]],
    ['emacsclient -t', ['-t', '+12', PLACE.path]],
    ['code --wait', ['--wait', '-g', `${PLACE.path}:12`]],
    ['hx', [`${PLACE.path}:12`]],
    ['editor-of-mine --fast', ['--fast', PLACE.path]],
  ])('%s opens the line', (value, args) => {
    expect(editorAt(PLACE, { EDITOR: value })).toEqual({ command: value.split(' ')[0], args });
  });

  it('prefers VISUAL, and an empty value is none', () => {
    expect(editorAt(PLACE, { VISUAL: 'nano', EDITOR: 'vi' })?.command).toBe('nano');
    expect(editorAt(PLACE, { VISUAL: ' ', EDITOR: 'vi' })?.command).toBe('vi');
    expect(editorAt(PLACE, { EDITOR: '' })).toBeUndefined();
    expect(editorAt(PLACE, {})).toBeUndefined();
  });
});

it('the file of a chaincode is found whatever import path the compiler prints before it', async () => {
  const dir = await tempDir();
  await writeFiles(dir, { 'main.go': '', 'store/store.go': '' });
  for (const file of ['main.go', 'basic/main.go', 'example.org/acme/basic/main.go'])
    expect(fileBelow(dir, file)).toBe(join(dir, 'main.go'));
  expect(fileBelow(dir, 'basic/store/store.go')).toBe(join(dir, 'store/store.go'));
});
