import { describe, expect, test } from 'vitest';
import { exclusionOf, goNamedIn, readGoFile } from '../../../../src/pipeline/fabric/go-file.ts';

describe('what a Go file states', () => {
  test('package, imports and main with their lines, and nothing from comments and strings', () => {
    const file = readGoFile(`// package wrong
/* import "no/one"
func main() {} */
package main // import "elsewhere"

import "a/one"
import (
\tx "b/two" // "no/two"
\t_ \`c/three\`
)

const text = \`
func main() {
\`
const quote = '"'
`);
    expect(file.package).toEqual({ text: 'main', line: 4 });
    expect(file.imports).toEqual([
      { text: 'a/one', line: 6 },
      { text: 'b/two', line: 8 },
      { text: 'c/three', line: 9 },
    ]);
    expect(file.hasMain).toBe(false);
    expect(readGoFile('package main\nfunc main() {\n}\n').hasMain).toBe(true);
  });

  test('a file without a package clause states none', () => {
    expect(readGoFile('// nothing\n').package).toBeUndefined();
  });
});

function excludes(name: string, text: string, minor?: number, arch = 'amd64'): boolean {
  return exclusionOf(name, readGoFile(text), { arch, minor }) !== undefined;
}

describe('what excludes a file from the build', () => {
  test.each([
    ['cc.go', '', false],
    ['cc_windows.go', '', true],
    ['cc_linux.go', '', false],
    ['cc_arm64.go', '', true],
    ['cc_linux_amd64.go', '', false],
    ['cc_darwin_amd64.go', '', true],
    ['linux.go', '', false],
    ['windows.go', '', false],
    ['cc.go', '//go:build ignore\n', true],
    ['cc.go', '// Copyright\n\n//go:build linux && !cgo\n', true],
    ['cc.go', '//go:build (darwin || linux) && amd64\n', false],
    ['cc.go', '//go:build !(windows || plan9)\n', false],
    ['cc.go', '// +build ignore\n', true],
    ['cc.go', '// +build windows linux,!arm64\n', false],
    ['cc.go', '// +build linux\n// +build arm\n', true],
  ])('%s with %j: %s', (name, head, isExcluded) => {
    expect(excludes(name, `${head}\npackage main\n`)).toBe(isExcluded);
  });

  test('a constraint below the package clause is a comment', () => {
    expect(excludes('cc.go', 'package main\n\n//go:build ignore\n')).toBe(false);
  });

  test('a version of Go counts if the builder has it, and if the builder is not known', () => {
    const text = '//go:build go1.21\n\npackage main\n';
    expect([19, 21, undefined].map((minor) => excludes('cc.go', text, minor))).toEqual([true, false, false]);
    expect(goNamedIn('//go:build go1.21 && !go1.30')).toBe(21);
  });

  test('Go before 1.17 reads only the old form, later Go prefers the new one', () => {
    expect(excludes('cc.go', '//go:build ignore\n\npackage main\n', 14)).toBe(false);
    const both = '//go:build linux\n// +build ignore\n\npackage main\n';
    expect([14, 19].map((minor) => excludes('cc.go', both, minor))).toEqual([true, false]);
  });
});
