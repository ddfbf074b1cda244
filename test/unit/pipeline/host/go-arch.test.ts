import { expect, test } from 'vitest';
import { hostGoArch } from '../../../../src/pipeline/host/go-arch.ts';

test.each([
  ['x64', 'amd64'],
  ['arm64', 'arm64'],
  ['ia32', '386'],
  ['ppc64', 'ppc64le'],
  ['s390x', 's390x'],
])("Node's %s is Go's %s", (node, go) => {
  expect(hostGoArch(node)).toBe(go);
});
