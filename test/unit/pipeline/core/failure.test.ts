/** Errors of the system are failures with a name; everything else that is thrown is a bug. */
import { open, readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { toFailure } from '../../../../src/pipeline/core/failure.ts';

it('a full disk is a file failure, although the error names no path', async () => {
  const file = await open('/dev/full', 'w');
  const error: unknown = await file.writeFile('text').catch((reason: unknown) => reason);
  await file.close();
  expect(toFailure(error)).toEqual({
    kind: 'file',
    path: '',
    detail: 'ENOSPC: no space left on device, write',
  });
});

it('a file that cannot be read is named', async () => {
  const error: unknown = await readFile('/nowhere/file').catch((reason: unknown) => reason);
  expect(toFailure(error)).toMatchObject({ kind: 'file', path: '/nowhere/file' });
});

it('an error of the program is a bug', () => {
  expect(toFailure(new TypeError('x is undefined'))).toMatchObject({ kind: 'unexpected' });
});
