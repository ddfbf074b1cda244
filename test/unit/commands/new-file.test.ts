import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { writeNewFile } from '../../../src/commands/new-file.ts';
import { onFullDisk } from '../../support/full-disk.ts';
import { tempDir } from '../../support/temp-dir.ts';

const AGAIN = 'fabric-wizard import x --output FILE';

it('writes a new file, and never over another one', async () => {
  const path = join(await tempDir(), 'fabric-wizard.yaml');
  writeNewFile(path, 'a: 1\n', AGAIN);
  expect(await readFile(path, 'utf8')).toBe('a: 1\n');
  await writeFile(path, 'mine');
  expect(() => writeNewFile(path, 'b: 2\n', AGAIN)).toThrow();
  expect(await readFile(path, 'utf8')).toBe('mine');
});

it('leaves no part of a file that cannot be written', async () => {
  const dir = await tempDir();
  const kind = await onFullDisk(
    `import { writeNewFile } from './src/commands/new-file.ts';
     import { toFailure } from './src/pipeline/core/failure.ts';
     try { writeNewFile(process.argv[2], 'a: 1', 'again'); } catch (error) { console.log(toFailure(error).kind); }`,
    join(dir, 'fabric-wizard.yaml'),
  );
  expect(kind).toBe('file');
  expect(await readdir(dir)).toEqual([]);
});
