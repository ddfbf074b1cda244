import { symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { isFolder, makeFolder } from '../../../../src/pipeline/host/files.ts';
import { tempDir } from '../../../support/temp-dir.ts';

it('a folder is made with those above it, also twice at once', async () => {
  const dir = await tempDir();
  // Which of two is first differs from one time to the next.
  for (let time = 0; time < 100; time++) {
    const folder = join(dir, String(time), 'b/c');
    await Promise.all([makeFolder(folder), makeFolder(folder), makeFolder(folder)]);
    expect(await isFolder(folder)).toBe(true);
    await makeFolder(folder);
  }
});

it.each(['/proc/x', '/proc/x/y'])('a folder that nobody can make is refused: %s', async (folder) => {
  await expect(makeFolder(folder)).rejects.toMatchObject({ code: 'ENOENT' });
});

it('a folder is not made below a file, or a link that leads nowhere', async () => {
  const dir = await tempDir();
  await writeFile(join(dir, 'file'), '');
  await symlink('nowhere', join(dir, 'link'));
  for (const name of ['file', 'link'])
    for (const folder of [name, join(name, 'x'), join(name, 'x/y')])
      await expect(makeFolder(join(dir, folder))).rejects.toMatchObject({ code: 'EEXIST' });
});
