/** Names that `identity` refuses before it looks for a network. */
import { expect, it } from 'vitest';
import { register } from '../../../src/commands/identity.ts';
import { plainTerminal } from '../../support/plain-terminal.ts';
import { tempDir } from '../../support/temp-dir.ts';

it('an identity cannot have a name that the network has, and each of these is named once', async () => {
  const dir = await tempDir();
  const options = {
    org: undefined,
    type: undefined,
    affiliation: undefined,
    attributes: [],
    secret: undefined,
  };
  await expect(register(plainTerminal(dir, dir), 'Admin', options)).rejects.toMatchObject({
    failure: {
      kind: 'usage',
      message: { key: 'usage.identity-reserved', name: 'Admin', names: 'admin, user1' },
    },
  });
});
