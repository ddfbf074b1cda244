import { execFile } from 'node:child_process';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import {
  builderMounts,
  externalBuilder,
  writeBuilder,
} from '../../../../src/pipeline/network/external-builder.ts';
import { tempDir, writeFiles } from '../../../support/temp-dir.ts';
import { PACKAGE } from '../../../support/wizard.ts';

describe('the external builder of a core.yaml', () => {
  it('that names one is mounted where it is looked for', () => {
    const builder = externalBuilder(
      'chaincode:\n  externalBuilders:\n    - name: ccaas_builder\n      path: /opt/there\n',
    );
    expect(builder).toEqual({ path: '/opt/there' });
    expect(builderMounts(builder, '/etc/fabric')).toMatchObject([
      { source: './ccaas', target: '/opt/there', read_only: true },
    ]);
  });

  it('that names none is added, and everything else stays', () => {
    const core = '# head\nchaincode:\n  builder: x # why\n  externalBuilders: []\n    # - path: /x\nvm: {}\n';
    const builder = externalBuilder(core);
    expect(parse(builder?.core ?? '')).toEqual({
      chaincode: {
        builder: 'x',
        externalBuilders: [{ name: 'ccaas_builder', path: '/opt/hyperledger/ccaas_builder' }],
      },
      vm: {},
    });
    expect(builder?.core).toContain('builder: x # why');
    expect(builderMounts(builder, '/etc/fabric')).toContainEqual(
      expect.objectContaining({ source: './config/core.yaml', target: '/etc/fabric/core.yaml' }),
    );
  });

  it('keeps the builders of the user, and comes first', () => {
    const core = 'chaincode:\n  externalBuilders:\n    - {name: mine, path: /mine}\n';
    const names = parse(externalBuilder(core)?.core ?? '').chaincode.externalBuilders.map(
      ({ name }: { name: string }) => name,
    );
    expect(names).toEqual(['ccaas_builder', 'mine']);
  });

  it.each(['', 'peer: {}\n', 'chaincode: [\n'])('is not mounted with %j', (core) => {
    expect(builderMounts(externalBuilder(core), '/etc/fabric')).toEqual([]);
  });
});

describe('the programs of the builder', () => {
  const run = promisify(execFile);

  async function builder() {
    const dir = await tempDir();
    await writeBuilder(join(PACKAGE, 'compose'), dir);
    const program = (name: string) => join(dir, 'ccaas', 'bin', name);
    await writeFiles(dir, {
      'code/connection.json': '{"address":"a:1"}',
      'code/META-INF/statedb/couchdb/indexes/owner.json': '{}',
      'service/metadata.json': '{"path":"", "type": "ccaas", "label":"cc"}',
      'other/metadata.json': '{"path":"ccaas", "type":"golang", "label":"ccaas"}',
    });
    for (const folder of ['built', 'released']) await mkdir(join(dir, folder));
    return { dir, program };
  }

  it('take a service, and leave other packages to the peer', async () => {
    const { dir, program } = await builder();
    await run(program('detect'), [join(dir, 'code'), join(dir, 'service')]);
    await expect(run(program('detect'), [join(dir, 'code'), join(dir, 'other')])).rejects.toThrow();
  });

  it('release the address and the indexes', async () => {
    const { dir, program } = await builder();
    await run(program('build'), [join(dir, 'code'), join(dir, 'service'), join(dir, 'built')]);
    await run(program('release'), [join(dir, 'built'), join(dir, 'released')]);
    const read = (path: string) => readFile(join(dir, 'released', path), 'utf8');
    expect(await read('chaincode/server/connection.json')).toBe('{"address":"a:1"}');
    expect(await read('statedb/couchdb/indexes/owner.json')).toBe('{}');
  });

  it('refuse a package without an address', async () => {
    const { dir, program } = await builder();
    await expect(
      run(program('build'), [join(dir, 'other'), join(dir, 'service'), join(dir, 'built')]),
    ).rejects.toMatchObject({ stderr: 'the package has no connection.json\n' });
  });
});
