import { describe, expect, it } from 'vitest';
import { chaincodeDigest } from '../../../../src/pipeline/chaincode/chaincode-digest.ts';
import { projectFiles, projectSource } from '../../../../src/pipeline/chaincode/project-source.ts';
import type { StageContext } from '../../../../src/pipeline/context/run-context.ts';
import { tempDir, writeFiles } from '../../../support/temp-dir.ts';

const PROJECT = {
  'package.json': JSON.stringify({ main: 'index.js', scripts: { start: 'node index.js' } }),
  'index.js': '',
  '.npmrc': 'registry=https://npm.example.org/\n//npm.example.org/:_authToken=secret\n',
  'META-INF/statedb/couchdb/indexes/byOwner.json': '{}',
  'node_modules/fabric-shim/package.json': '{}',
};

/** A Java project asks no engine. */
const CONTEXT = { options: { again: 'fabric-wizard chaincode deploy' } } as StageContext;

async function folderWith(files: Readonly<Record<string, string>>): Promise<string> {
  const dir = await tempDir();
  await writeFiles(dir, files);
  return dir;
}

describe('the digest of a chaincode in Node.js', () => {
  const digestOf = (path: string) => chaincodeDigest({ name: 'values', path, language: 'node' });

  it('does not depend on the installed packages, but on every other file', async () => {
    const dir = await folderWith(PROJECT);
    const before = await digestOf(dir);
    await writeFiles(dir, { 'node_modules/fabric-shim/index.js': '// installed' });
    expect(await digestOf(dir)).toBe(before);
    await writeFiles(dir, { 'index.js': '// edited' });
    expect(await digestOf(dir)).not.toBe(before);
  });
});

describe('a package', () => {
  it('has indexes beside the source, and no folders that a build makes', async () => {
    const dir = await folderWith({ ...PROJECT, 'pom.xml': '', 'target/a.class': '' });
    const { files, path } = await projectSource(CONTEXT, { dir, language: 'java', name: 'values' });
    expect(path).toBe('values');
    const names = files.map(({ name }) => name);
    expect(names).toContain('META-INF/statedb/couchdb/indexes/byOwner.json');
    expect(names).toContain('src/pom.xml');
    expect(names.filter((name) => name.includes('target'))).toEqual([]);
  });

  it('is not made of a project that cannot start', async () => {
    const dir = await folderWith({ 'package.json': '{}' });
    await expect(projectFiles(CONTEXT, { dir, language: 'node' })).rejects.toMatchObject({
      failure: { kind: 'chaincode', problem: { key: 'chaincode.no-start' } },
    });
  });
});
