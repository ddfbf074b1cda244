import { execFile } from 'node:child_process';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import {
  builderMounts,
  externalBuilder,
  hasPeerFiles,
  type PeerFilesSource,
  peerFilesId,
  writePeerFiles,
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

/** A source of Fabric 2.0 with this core.yaml. */
async function sourceWith(dir: string, core: string): Promise<PeerFilesSource> {
  await writeFiles(dir, { 'sampleconfig/core.yaml': core });
  const settings = { release: { externalBuilders: true } };
  return { source: { dir }, settings, dataDir: join(PACKAGE, 'compose') };
}

describe('the files that peers mount', () => {
  const CORE = 'chaincode:\n  mode: net\n';
  const NAMED = 'chaincode:\n  externalBuilders: [{ name: ccaas_builder, path: /opt/ccaas }]\n';

  /** A network folder with the files, and what a change makes of it. */
  async function changed(core: string, change: (source: string, folder: string) => Promise<void>) {
    const [source, folder] = await Promise.all([tempDir(), tempDir()]);
    const from = await sourceWith(source, core);
    await writePeerFiles(from, folder);
    const id = await peerFilesId(folder);
    await change(source, folder);
    const isCurrent = await hasPeerFiles(from, folder);
    await writePeerFiles(from, folder);
    expect(await hasPeerFiles(from, folder)).toBe(true);
    const written = await readFile(join(folder, 'config/core.yaml'), 'utf8');
    return { isCurrent, isNewId: (await peerFilesId(folder)) !== id, written };
  }

  it('are not written again without a change, so that peers keep their containers', async () => {
    expect(await changed(CORE, async () => undefined)).toMatchObject({ isCurrent: true, isNewId: false });
  });

  it('are written again with another core.yaml, and peers get new containers', async () => {
    const edit = (source: string) => writeFiles(source, { 'sampleconfig/core.yaml': `${CORE}# edited\n` });
    const { written, ...rest } = await changed(CORE, edit);
    expect(rest).toEqual({ isCurrent: false, isNewId: true });
    expect(written).toContain('# edited');
    expect(written).toContain('ccaas_builder');
  });

  it.each(['config/core.yaml', 'ccaas/bin/detect', 'ccaas'])(
    'are written again if %s was deleted, and peers get new containers',
    async (path) => {
      const remove = (_: string, folder: string) => rm(join(folder, path), { recursive: true });
      expect(await changed(CORE, remove)).toMatchObject({ isCurrent: false, isNewId: true });
    },
  );

  it('are written again where an engine has made a folder of a missing file', async () => {
    const replace = async (_: string, folder: string) => {
      await rm(join(folder, 'config/core.yaml'));
      await mkdir(join(folder, 'config/core.yaml'));
    };
    expect(await changed(CORE, replace)).toMatchObject({ isCurrent: false, isNewId: true });
  });

  it('do not include a core.yaml that names the builder itself: peers keep their containers', async () => {
    const edit = (source: string) => writeFiles(source, { 'sampleconfig/core.yaml': `${NAMED}# edited\n` });
    expect(await changed(NAMED, edit)).toMatchObject({ isCurrent: false, isNewId: false });
  });
});

describe('the programs of the builder', () => {
  const run = promisify(execFile);

  async function builder() {
    const dir = await tempDir();
    await writePeerFiles(await sourceWith(dir, ''), dir);
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
