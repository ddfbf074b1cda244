import { expect, it } from 'vitest';
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
