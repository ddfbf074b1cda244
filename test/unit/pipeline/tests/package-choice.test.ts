/** Which packages are tested, read from a folder in the shape of Fabric. */
import { describe, expect, it } from 'vitest';
import { readSourceTree } from '../../../../src/pipeline/fabric/source-tree.ts';
import { isOfOtherModule, readPackages } from '../../../../src/pipeline/tests/go-packages.ts';
import { changedPackages, namedPackages } from '../../../../src/pipeline/tests/package-choice.ts';
import { tempDir, writeFiles } from '../../../support/temp-dir.ts';

const MODULE = 'github.com/hyperledger/fabric';
const LINUX = { arch: 'amd64', minor: undefined };

function go(name: string, ...imports: readonly string[]): string {
  return `package ${name}\n${imports.map((path) => `import "${path}"\n`).join('')}`;
}

const FILES = {
  'main.go': go('main'),
  'common/util/util.go': go('util', 'fmt'),
  'common/util/util_test.go': go('util', 'testing'),
  'common/util/testdata/x.json': '{}',
  'common/util/testdata/y.go': go('y'),
  'core/peer/peer.go': go('peer', `${MODULE}/common/util`),
  'core/ledger/ledger.go': go('ledger'),
  'core/ledger/ledger_test.go': go('ledger_test', `${MODULE}/common/util`, 'github.com/x/y'),
  'core/deep/deep.go': go('deep', `${MODULE}/core/peer`),
  'core/commented/c.go': `package c\n// import "${MODULE}/common/util"\nvar s = "${MODULE}/common/util"\n`,
  'core/windows/w_windows.go': go('windows', `${MODULE}/common/util`),
  'bccsp/pkcs11/p.go': `//go:build pkcs11\n\n${go('pkcs11')}`,
  'bccsp/factory/f.go': go('factory'),
  'bccsp/factory/f_test.go': `//go:build pkcs11\n// +build pkcs11\n\n${go('factory')}`,
  'integration/sbe/sbe_suite_test.go': go('sbe', `${MODULE}/common/util`),
  'tools/go.mod': 'module tools\n',
  'tools/x/x.go': go('x', `${MODULE}/common/util`),
  'vendor/github.com/x/y/y.go': go('y'),
};

async function packages(tags = '') {
  const dir = await tempDir();
  await writeFiles(dir, FILES);
  const tree = await readSourceTree(dir);
  return { tree, all: await readPackages(tree, LINUX, tags) };
}

describe('packages', () => {
  it('are those that go compiles: no testdata, no vendor, no other module, no other system, no missing tag', async () => {
    const { all, tree } = await packages();
    expect(all.map(({ path }) => path)).toEqual([
      '.',
      'bccsp/factory',
      'common/util',
      'core/commented',
      'core/deep',
      'core/ledger',
      'core/peer',
      'integration/sbe',
    ]);
    expect(all.find(({ path }) => path === 'bccsp/factory')).toMatchObject({
      hasTests: false,
      pkcs11Tests: ['f_test.go'],
    });
    expect(isOfOtherModule(tree, 'tools/x')).toBe(true);
    expect(isOfOtherModule(tree, 'core/peer')).toBe(false);
  });

  it('with the tag pkcs11 include what needs it', async () => {
    const { all } = await packages('pkcs11');
    expect(all.map(({ path }) => path)).toContain('bccsp/pkcs11');
    expect(all.find(({ path }) => path === 'bccsp/factory')).toMatchObject({
      hasTests: true,
      pkcs11Tests: [],
    });
  });
});

describe('named packages', () => {
  it.each([
    [['core/peer'], ['core/peer']],
    [['./core/peer/', `${MODULE}/core/peer`], ['core/peer']],
    [['core/...'], ['core/commented', 'core/deep', 'core/ledger', 'core/peer']],
    [['core/peer/...'], ['core/peer']],
    [
      ['./...'],
      ['.', 'bccsp/factory', 'common/util', 'core/commented', 'core/deep', 'core/ledger', 'core/peer'],
    ],
    [['.'], ['.']],
    [[MODULE], ['.']],
    [['.../p...'], ['core/peer']],
  ])('%j', async (names, expected) => {
    const { all } = await packages();
    expect(namedPackages(names, all, MODULE)).toEqual({ packages: expected });
  });

  it.each([
    ['core/pear', { unknown: 'core/pear', meant: 'core/peer' }],
    ['peer', { unknown: 'peer', meant: 'core/peer' }],
    ['cord/...', { unknown: 'cord/...', meant: undefined }],
    ['qqqqqqq', { unknown: 'qqqqqqq', meant: undefined }],
    ['../elsewhere', { unknown: '../elsewhere', meant: undefined }],
    ['integration/sbe', { suite: 'integration/sbe' }],
    ['integration/...', { suite: 'integration/sbe' }],
  ])('%s is none', async (name, expected) => {
    const { all } = await packages();
    expect(namedPackages(['core/peer', name], all, MODULE)).toEqual(expected);
  });
});

describe('changed packages', () => {
  it.each([
    [['common/util/util.go'], ['common/util'], ['core/ledger', 'core/peer']],
    [['common/util/new_test.go'], ['common/util'], ['core/ledger', 'core/peer']],
    [['common/util/testdata/x.json'], ['common/util'], ['core/ledger', 'core/peer']],
    [['core/peer/peer.go', 'core/deep/deep.go'], ['core/deep', 'core/peer'], []],
    [['vendor/github.com/x/y/y.go'], [], ['core/ledger']],
    [['common/removed/r.go'], [], []],
    [['README.md', 'core/peer/README.md', 'integration/sbe/sbe_suite_test.go'], [], []],
    [['main.go', 'testdata/x'], ['.'], []],
  ])('%j', async (paths, changed, importing) => {
    const { all } = await packages();
    expect(changedPackages(paths, all, MODULE)).toEqual({ changed, importing });
  });
});
