import { expect, it } from 'vitest';
import { isGoAtLeast, laterGo } from '../../../../src/pipeline/fabric/go-version.ts';
import { debianGo } from '../../../../src/pipeline/images/debian-go.ts';

const bookworm = { id: 'debian', codename: 'bookworm' };

it.each([
  ['1.13.12', '1.19.8', 'golang-go', 'bookworm'],
  ['1.19', '1.19.8', 'golang-go', 'bookworm'],
  ['1.20', '1.21.13', 'golang-1.21-go', 'bookworm-backports'],
  ['1.23.5', '1.23.5', 'golang-1.23-go', 'bookworm-backports'],
  ['1.24.2', '1.24.4', 'golang-1.24-go', 'trixie'],
  ['1.26.4', '1.26.11', 'golang-1.26-go', 'trixie-backports'],
])('Go %s: %s of %s in %s', (wanted, version, name, suite) => {
  expect(debianGo(bookworm, wanted)).toMatchObject({ version, package: name, suite });
});

it('finds none for an unknown version, and uses the default Go of an unknown release', () => {
  expect(debianGo(bookworm, '1.27.0')).toBeUndefined();
  expect(debianGo({ id: 'debian', codename: 'forky' }, '1.14')).toMatchObject({ package: 'golang-go' });
  expect(debianGo({ id: 'debian', codename: 'trixie' }, '1.19')).toMatchObject({ version: '1.24.4' });
});

it('compares versions of Go by number', () => {
  expect(isGoAtLeast('go1.19.8', '1.9')).toBe(true);
  expect(isGoAtLeast('1.23', '1.23.5')).toBe(false);
  expect(isGoAtLeast('1.23.5', '1.23.5')).toBe(true);
  expect(isGoAtLeast('devel', '1.1')).toBe(false);
  expect(laterGo('1.16.7', '1.14')).toBe('1.16.7');
  expect(laterGo('1.14.4', '1.20')).toBe('1.20');
});
