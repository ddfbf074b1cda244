import { describe, expect, it } from 'vitest';
import { nodeProjectProblem, withoutCredentials } from '../../../../src/pipeline/fabric/node-project.ts';

const GOOD = {
  main: 'index.js',
  scripts: { start: 'fabric-chaincode-node start' },
  dependencies: { 'fabric-shim': '^2.5.8' },
};

function problemOf(packageJson: unknown, paths: readonly string[] = ['index.js', 'package.json']) {
  const text = typeof packageJson === 'string' ? packageJson : JSON.stringify(packageJson);
  return nodeProjectProblem({ dir: '/cc', paths, packageJson: text }, 'fabric-wizard chaincode deploy /cc');
}

describe('a chaincode in Node.js', () => {
  it.each([
    ['a contract', GOOD, undefined],
    [
      'the shim alone, started by itself',
      { ...GOOD, scripts: { start: 'node index.js' }, dependencies: {} },
      undefined,
    ],
    ['a main file without its ending', { ...GOOD, main: './index' }, undefined],
    [
      'a main file that npm makes',
      { ...GOOD, main: 'dist/index.js', scripts: { ...GOOD.scripts, prepare: 'tsc' } },
      undefined,
    ],
    ['no JSON', '{', 'chaincode.bad-package-json'],
    ['a list', '[]', 'chaincode.no-start'],
    ['no start script', { ...GOOD, scripts: {} }, 'chaincode.no-start'],
    ['no shim', { ...GOOD, dependencies: {} }, 'chaincode.no-node-shim'],
    [
      'the shim for development only',
      { ...GOOD, dependencies: {}, devDependencies: GOOD.dependencies },
      'chaincode.no-node-shim',
    ],
    ['shim 1.4', { ...GOOD, dependencies: { 'fabric-shim': '~1.4.5' } }, 'chaincode.old-node-shim'],
    ['shim 2 of another range', { ...GOOD, dependencies: { 'fabric-shim': '>=2.2 <3' } }, undefined],
    ['the newest shim', { ...GOOD, dependencies: { 'fabric-shim': 'latest' } }, undefined],
    ['TypeScript that was not compiled', { ...GOOD, main: 'dist/index.js' }, 'chaincode.no-node-main'],
  ])('%s', (_, packageJson, key) => {
    const found = problemOf(packageJson);
    expect(typeof found?.problem === 'object' ? found.problem.key : undefined).toBe(key);
    if (found)
      expect(found.next).toEqual([expect.stringContaining('cd /cc'), 'fabric-wizard chaincode deploy /cc']);
  });

  it('needs a package.json', () => {
    const found = nodeProjectProblem({ dir: '/cc', paths: [], packageJson: undefined }, 'again');
    expect(found?.problem).toEqual({ key: 'chaincode.no-package-json', dir: '/cc' });
  });
});

describe('an .npmrc in a package', () => {
  it('has the registries, and no credentials', () => {
    const text = [
      'registry=https://user:secret@npm.example.org/',
      '@acme:registry=https://npm.acme.example/',
      '//npm.acme.example/:_authToken=secret',
      '_auth = secret',
      '//npm.example.org/:_password="secret"',
      '//npm.example.org/:username=secret',
      'save-exact=true',
    ].join('\n');
    expect(withoutCredentials(text)).toBe(
      'registry=https://npm.example.org/\n@acme:registry=https://npm.acme.example/\nsave-exact=true',
    );
  });
});
