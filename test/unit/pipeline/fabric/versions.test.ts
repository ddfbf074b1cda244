import { expect, it } from 'vitest';
import {
  compareVersions,
  isAtLeast,
  isFabricVersion,
  minorVersion,
  newerVersion,
} from '../../../../src/pipeline/fabric/versions.ts';

it('compares versions part by part, as numbers', () => {
  expect(['1.10', 'v1.9.3', '1.9', '2', '1.9.0-rc1'].toSorted(compareVersions)).toEqual([
    '1.9',
    '1.9.0-rc1',
    'v1.9.3',
    '1.10',
    '2',
  ]);
  expect(compareVersions('2.29.7', '2')).toBeGreaterThan(0);
  expect(compareVersions('1.25.4', '2')).toBeLessThan(0);
  expect(compareVersions('devel', '')).toBe(0);
});

it('compares versions of Go', () => {
  expect(isAtLeast('go1.19.8', '1.9')).toBe(true);
  expect(isAtLeast('1.23', '1.23.5')).toBe(false);
  expect(isAtLeast('1.23.5', '1.23.5')).toBe(true);
  expect(isAtLeast('devel', '1.1')).toBe(false);
  expect(newerVersion('1.16.7', '1.14')).toBe('1.16.7');
  expect(newerVersion('1.14.4', '1.20')).toBe('1.20');
  expect(newerVersion('1.14.4', '')).toBe('1.14.4');
});

it('cuts a version to its minor version', () => {
  expect(['v2.5.16', '1.22.12', 'go1.9', '1.4.13-foo'].map(minorVersion)).toEqual([
    '2.5',
    '1.22',
    '1.9',
    '1.4',
  ]);
});

it('knows a version of Fabric', () => {
  expect(['1.4.12', 'v1.4.12', '1.4.13-foo', '1.0.0.1'].every(isFabricVersion)).toBe(true);
  expect(['', 'latest', '1.4', '2.5.x', 'x1.4.12'].some(isFabricVersion)).toBe(false);
});
