import { join } from 'node:path';
import { expect, it } from 'vitest';
import { packRelay } from '../../../../src/pipeline/chaincode/relay-package.ts';
import { hasRelays, registeredName, servedId } from '../../../../src/pipeline/chaincode/relays.ts';
import {
  ourServiceAddress,
  serviceContainerName,
} from '../../../../src/pipeline/chaincode/service-process.ts';
import { releaseOf } from '../../../../src/pipeline/fabric/release.ts';
import { tempDir, writeFiles } from '../../../support/temp-dir.ts';

const DIGEST = 'aaaaaaaaaaaa';
const plan = { name: 'basic', version: `2-${DIGEST}`, digest: DIGEST };
const dataDir = join(import.meta.dirname, '../../../../compose');
const spec = { project: 'net', domain: 'example.com' } as Parameters<typeof packRelay>[0]['spec'];

it('peers install a relay to the hub of the chaincode, with the indexes of its folder and none of its source', async () => {
  const dir = await tempDir();
  const index = 'META-INF/statedb/couchdb/indexes/owner.json';
  await writeFiles(dir, { 'main.go': 'package main', [index]: '{}' });
  const { label, mark, files, given } = await packRelay({ dataDir, spec }, plan, dir);
  expect({ label, mark }).toEqual({ label: 'basic', mark: plan.version });
  const folder = `tmp/basic-${plan.version}`;
  expect(files.map(({ name }) => name)).toEqual(
    ['relay.go', index].map((name) => `${folder}/src/fabric-wizard/relay/${name}`),
  );
  expect(given).toEqual({ path: 'fabric-wizard/relay', language: 'go', gopath: `/${folder}` });
  const source = String(files[0]?.content);
  expect(source).toContain(`const hub = "${ourServiceAddress(spec, 'basic')}"`);
  expect(serviceContainerName(spec, 'basic')).toBe('net.chaincode.basic');
});

it.each([
  ['1.0.6', true],
  ['1.4.12', true],
  ['2.0.0', false],
  ['3.1.1', false],
])('peers of %s need relays: %s', (version, does) => {
  const release = releaseOf(version) ?? expect.fail(`no release ${version}`);
  expect(hasRelays(release)).toBe(does);
});

it('a process registers under the name and the version of its chaincode', () => {
  const id = servedId(plan, { path: 'fabric-wizard/relay' });
  expect(id).toBe(`basic_${DIGEST}:2-${DIGEST}`);
  expect(registeredName('basic', id)).toBe(`basic:2-${DIGEST}`);
  expect(servedId(plan, { id: 'basic_1:f00d' })).toBe('basic_1:f00d');
});
