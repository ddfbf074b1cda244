/** The projects that `init` writes. Whether peers build their chaincode is for the end-to-end tests. */
import { execFile } from 'node:child_process';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../../../src/pipeline/config/config.ts';
import { releaseOf } from '../../../../src/pipeline/fabric/release.ts';
import {
  type ProjectChoice,
  projectFiles,
  takenPaths,
  writeProject,
} from '../../../../src/pipeline/project/new-project.ts';
import { onFullDisk } from '../../../support/full-disk.ts';
import { filesIn, tempDir } from '../../../support/temp-dir.ts';
import { PACKAGE } from '../../../support/wizard.ts';

const TEMPLATES = join(PACKAGE, 'templates');

async function made(version: string, choices: Partial<ProjectChoice> = {}) {
  const dir = join(await tempDir(), 'My notes.v2');
  const release = releaseOf(version);
  if (!release) throw new Error(version);
  const choice: ProjectChoice = {
    ...{
      dir,
      language: 'go',
      service: false,
      client: true,
      source: `v${version}`,
      release,
      version,
      practice: false,
    },
    ...choices,
  };
  const files = await projectFiles(TEMPLATES, choice);
  await writeProject(dir, files);
  return { dir, files, text: (path: string) => files.find((each) => each.path === path)?.content ?? '' };
}

describe.each([
  ['1.4.12', 'fabric/core/chaincode/shim', 'fabric-network'],
  ['2.5.12', 'fabric-chaincode-go/shim', '@hyperledger/fabric-gateway'],
  ['3.1.1', 'fabric-chaincode-go/v2/shim', '@hyperledger/fabric-gateway'],
])('for Fabric %s', (version, shim, client) => {
  it.each(['go', 'node'] as const)(
    'in %s: a configuration that is valid, and no placeholder',
    async (language) => {
      const { dir, files, text } = await made(version, { language });
      for (const { content } of files) expect(content).not.toMatch(/\{\{[#\w]+\}\}|undefined/);
      const { chaincodes, hooks, values } = await loadConfig({ dir, flags: {} });
      expect(chaincodes).toEqual([{ name: 'basic', path: join(dir, 'chaincode'), language }]);
      expect(hooks['after-proof']).toHaveLength(2);
      expect(values.source).toBe(`v${version}`);
      expect(text('client/package.json')).toContain(client);
      expect(text('README.md').split('\n').length).toBeLessThanOrEqual(40);
    },
  );

  it('has the shim of the release', async () => {
    const { text } = await made(version);
    expect(text('chaincode/main.go')).toContain(`"github.com/hyperledger/${shim}"`);
    expect(text('chaincode/main.go').includes('ChaincodeServer')).toBe(version !== '1.4.12');
    expect(text('go.mod')).toBe('module example.com/my-notes-v2\n\ngo 1.18\n');
  });
});

it('runs as a service if it is to', async () => {
  const { dir } = await made('2.5.12', { service: true, client: false });
  const { chaincodes } = await loadConfig({ dir, flags: {} });
  expect(chaincodes).toMatchObject([{ service: true }]);
  expect([...(await filesIn(dir)).keys()]).not.toContain('client/client.mjs');
});

it('has tests in Node.js that need nothing else', async () => {
  const { dir } = await made('2.5.12', { language: 'node' });
  const cwd = join(dir, 'chaincode');
  // The runner of this test must not be taken for the one of that test.
  const env = { ...process.env, NODE_TEST_CONTEXT: undefined, NODE_OPTIONS: undefined };
  const { stdout } = await promisify(execFile)(process.execPath, ['--test'], { cwd, env });
  expect(stdout).toMatch(/pass 2\b/);
});

it('names what exists, also a link that leads nowhere and a file in the place of a folder', async () => {
  const { files } = await made('2.5.12');
  const dir = await tempDir();
  await mkdir(join(dir, 'chaincode'));
  await writeFile(join(dir, 'README.md'), 'mine');
  await symlink('nowhere', join(dir, 'chaincode/main.go'));
  await writeFile(join(dir, 'client'), '');
  expect(await takenPaths(dir, files)).toEqual(
    expect.arrayContaining(['README.md', 'chaincode/main.go', 'client']),
  );
});

it('finds nothing in an empty folder behind a link', async () => {
  const { files } = await made('2.5.12');
  const dir = await tempDir();
  await mkdir(join(dir, 'there'));
  await symlink('there', join(dir, 'here'));
  expect(await takenPaths(join(dir, 'here'), files)).toEqual([]);
});

it('leaves nothing of its own if a file cannot be written', async () => {
  const { files } = await made('2.5.12');
  const dir = await tempDir();
  await writeFile(join(dir, 'go.mod'), 'mine');
  await expect(writeProject(dir, files)).rejects.toMatchObject({ failure: { kind: 'file' } });
  const left = [...(await filesIn(dir)).entries()].filter(([, text]) => text !== '');
  expect(left.map(([path]) => path)).toEqual(['go.mod']);
});

it('leaves nothing of a file that cannot be written whole', async () => {
  const dir = join(await tempDir(), 'notes');
  const kind = await onFullDisk(
    `import { writeProject } from './src/pipeline/project/new-project.ts';
     import { toFailure } from './src/pipeline/core/failure.ts';
     const files = [{ path: 'empty', content: '' }, { path: 'README.md', content: 'text' }];
     await writeProject(process.argv[2], files).catch((error) => console.log(toFailure(error).kind));`,
    dir,
  );
  expect(kind).toBe('file');
  expect([...(await filesIn(dir)).keys()]).toEqual([]);
});
