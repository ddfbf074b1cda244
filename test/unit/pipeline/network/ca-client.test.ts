/** What runs in the container of a CA, run by the shell of this host with a program in place of `fabric-ca-client`. */
import { execFile } from 'node:child_process';
import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { type CaServer, registeredIdentities } from '../../../../src/pipeline/network/ca-client.ts';
import { filesIn, tempDir, writeFiles } from '../../../support/temp-dir.ts';

/** `enroll` makes a key and a certificate; other commands say who has the key. */
const CLIENT = `#!/bin/sh
home=$FABRIC_CA_CLIENT_HOME
if [ "$1" = enroll ]; then
  mkdir -p "$home/msp/keystore" "$home/msp/signcerts"
  echo key > "$home/msp/keystore/a_sk"
  echo certificate > "$home/msp/signcerts/cert.pem"
else
  echo "Name: $(cat "$home/msp/keystore/a_sk"), Type: client, Affiliation: , Max Enrollments: -1, Attributes: []"
fi
`;

it('leaves no key of the administrator, even if nothing is removed afterwards', async () => {
  const dir = await tempDir();
  await writeFiles(dir, { 'bin/fabric-ca-client': CLIENT });
  await chmod(join(dir, 'bin/fabric-ca-client'), 0o755);
  const exec: CaServer['docker']['exec'] = async (_, [program = '', ...args], { env }) => {
    // As after a kill.
    if (program === 'rm') return { exitCode: 0, stdout: '', stderr: '' };
    const inDir = args.map((arg) => arg.replace(/^\/tmp\//, `${dir}/`));
    const path = `${join(dir, 'bin')}:${process.env.PATH}`;
    return new Promise((resolve) => {
      execFile(program, inDir, { env: { ...env, PATH: path } }, (error, stdout, stderr) =>
        resolve({ exitCode: error ? 1 : 0, stdout, stderr }),
      );
    });
  };
  const ca = { name: 'ca.org1.example.com', port: 7058 };
  const org = { name: 'Org1', mspId: 'Org1MSP', domain: 'org1.example.com', peers: [], ca };
  const admin = { name: 'admin', secret: 's3cret' };
  const { signal } = new AbortController();
  const docker = { exec, readFiles: async () => undefined };
  const known = await registeredIdentities({ docker, container: 'c', org, admin, signal });
  expect(known.map(({ name }) => name)).toEqual(['key']);
  const left = [...(await filesIn(dir)).keys()].filter((path) => path.startsWith('identity-'));
  expect(left.some((path) => path.endsWith('signcerts/cert.pem'))).toBe(true);
  expect(left.filter((path) => path.endsWith('_sk'))).toEqual([]);
});
