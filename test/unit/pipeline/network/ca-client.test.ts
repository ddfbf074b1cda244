/** What runs in the container of a CA, run by the shell of this host with a program in place of `fabric-ca-client`. */
import { execFile } from 'node:child_process';
import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  type CaServer,
  enrol,
  register,
  registeredIdentities,
  revoke,
} from '../../../../src/pipeline/network/ca-client.ts';
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
  const folder = 'peerOrganizations/org1.example.com';
  const org = { name: 'Org1', mspId: 'Org1MSP', domain: 'org1.example.com', folder, ca };
  const admin = { name: 'admin', secret: 's3cret' };
  const { signal } = new AbortController();
  const docker = { exec, readFiles: async () => undefined };
  const known = await registeredIdentities({ docker, container: 'c', org, admin, signal });
  expect(known.map(({ name }) => name)).toEqual(['key']);
  const left = [...(await filesIn(dir)).keys()].filter((path) => path.startsWith('identity-'));
  expect(left.some((path) => path.endsWith('signcerts/cert.pem'))).toBe(true);
  expect(left.filter((path) => path.endsWith('_sk'))).toEqual([]);
});

describe('a refusal of the CA', () => {
  function refusing(answer: string): CaServer {
    const ca = { name: 'ca.org1.example.com', port: 7058 };
    const folder = 'peerOrganizations/org1.example.com';
    return {
      docker: {
        exec: async () => ({ exitCode: 1, stdout: '', stderr: `Error: Response from server: ${answer}\n` }),
        readFiles: async () => undefined,
      },
      container: 'c',
      org: { name: 'Org1', mspId: 'Org1MSP', domain: 'org1.example.com', folder, ca },
      admin: { name: 'admin', secret: 's3cret' },
      signal: new AbortController().signal,
    };
  }
  const ALICE = { name: 'alice', type: 'client', affiliation: undefined, attributes: [], secret: 's' };

  it.each([
    [
      'a login',
      'Error Code: 20 - Authentication failure',
      (server: CaServer) => enrol(server, { name: 'alice', secret: 'no' }),
      { key: 'usage.ca-login', name: 'alice', ca: 'ca.org1.example.com' },
      'identity register alice --org Org1',
    ],
    [
      'the login of its administrator',
      'Error Code: 20 - Authentication failure',
      (server: CaServer) => revoke(server, 'alice', undefined),
      { key: 'usage.ca-admin-login', ca: 'ca.org1.example.com' },
      'logs ca.org1.example.com',
    ],
    [
      'a name that it knows',
      "Error Code: 74 - Identity 'alice' is already registered",
      (server: CaServer) => register(server, ALICE),
      { key: 'usage.identity-known', name: 'alice', ca: 'ca.org1.example.com' },
      'identity enroll alice --org Org1',
    ],
    [
      'a name that it does not know',
      'Error Code: 10 - Identity alice was not found',
      (server: CaServer) => revoke(server, 'alice', undefined),
      { key: 'usage.identity-unknown', name: 'alice', ca: 'ca.org1.example.com' },
      'identity list --org Org1',
    ],
  ])('says what is wrong: %s', async (_, answer, act, message, next) => {
    const error = await act(refusing(answer)).catch((reason: unknown) => reason);
    expect(error).toMatchObject({
      failure: { kind: 'usage', message, next: expect.arrayContaining([`fabric-wizard ${next}`]) },
    });
  });

  it('is shown as it is if it is another one', async () => {
    const error = await register(refusing('Error Code: 42 - no'), ALICE).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ failure: { kind: 'command', tail: [expect.stringContaining('42')] } });
  });
});
