import { expect, it } from 'vitest';
import { withSystemFolders } from '../../../../src/pipeline/host/program-path.ts';

it.each([
  ['/usr/bin:/bin', '/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin'],
  ['/sbin:/usr/sbin:/usr/local/sbin:/bin', '/sbin:/usr/sbin:/usr/local/sbin:/bin'],
  [undefined, '/usr/local/sbin:/usr/sbin:/sbin'],
])('system programs are found with PATH %s', (path, expected) => {
  expect(withSystemFolders(path)).toBe(expected);
});
