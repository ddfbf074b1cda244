import { describe, expect, it } from 'vitest';
import { remediesFor } from '../../../../src/pipeline/diagnosis/remedies.ts';
import {
  formatImageRef,
  isNamespace,
  isTag,
  parseImageRef,
  tagCommand,
  withTag,
} from '../../../../src/pipeline/fabric/image-ref.ts';

const DIGEST = `sha256:${'0123456789abcdef'.repeat(4)}`;

describe('parseImageRef', () => {
  it.each([
    ['busybox', { namespace: '', repository: 'busybox' }],
    ['hyperledger/fabric-ccenv:1.4', { namespace: 'hyperledger', repository: 'fabric-ccenv', tag: '1.4' }],
    ['localhost/x', { registry: 'localhost', namespace: '', repository: 'x' }],
    ['localhost:5000/x:y', { registry: 'localhost:5000', namespace: '', repository: 'x', tag: 'y' }],
    ['reg.example/a/b/c', { registry: 'reg.example', namespace: 'a/b', repository: 'c' }],
    ['[::1]:5000/a/b', { registry: '[::1]:5000', namespace: 'a', repository: 'b' }],
    [`a/b@${DIGEST}`, { namespace: 'a', repository: 'b', digest: DIGEST }],
    [`a/b:t@${DIGEST}`, { namespace: 'a', repository: 'b', tag: 't', digest: DIGEST }],
    ['a__b/c--d.e_f', { namespace: 'a__b', repository: 'c--d.e_f' }],
  ])('%s', (text, parts) => {
    expect(parseImageRef(text)).toEqual(parts);
    expect(formatImageRef(parts)).toBe(text);
  });

  it.each([
    '',
    ' ',
    'a b',
    'A/b',
    'a/B',
    'a//b',
    '/a',
    'a/',
    'a:',
    'a:b:c',
    'a:b/c',
    ':tag',
    'a..b',
    'a/_b',
    'a-/b',
    'a___b',
    'a@sha256:12',
    'a@',
    'a;b',
    'a/$(id)',
    'a/`id`',
    'a\n',
    `a:${'x'.repeat(129)}`,
    'a:-x',
    'a:.x',
    'x'.repeat(256),
  ])('refuses %j', (text) => {
    expect(parseImageRef(text)).toBeUndefined();
  });
});

describe('withTag', () => {
  it.each([
    ['a/b', 'a/b:latest'],
    ['a/b:1', 'a/b:1'],
    ['r.x/a/b', 'r.x/a/b:latest'],
    [`a/b@${DIGEST}`, undefined],
    ['A/b', undefined],
  ])('%s', (ref, tagged) => {
    expect(withTag(ref)).toBe(tagged);
  });
});

describe('isNamespace', () => {
  it.each([
    'hyperledger',
    'acme',
    'a/b/c',
    'localhost:5000/acme',
    'localhost:5000',
    'reg.example.org/x',
    'fabric-practice',
  ])('takes %s', (text) => {
    expect(isNamespace(text)).toBe(true);
  });

  it.each([
    '',
    'Hyperledger',
    'ACME',
    'Reg.Example/x',
    'two words',
    'a;b',
    'a;rm -rf /',
    '$(id)',
    'a$(id)b',
    '`id`',
    'a&b',
    'a|b',
    "a'b",
    'a"b',
    'a\nb',
    'a/',
    '/a',
    'a//b',
    'a:tag',
    'host:99x/a',
    `a@${DIGEST}`,
    'a_-b',
    'ä',
    'x'.repeat(250),
  ])('refuses %j', (text) => {
    expect(isNamespace(text)).toBe(false);
  });
});

describe('isTag', () => {
  it('takes letters, digits and inner dots and dashes', () => {
    expect(['1.4.12', 'x86_64-1.0.0', '_x', 'A'].map(isTag)).toEqual([true, true, true, true]);
  });
  it('refuses what the grammar does', () => {
    expect(['', '.a', '-a', 'a/b', 'a b', 'a:b', 'a\n', 'x'.repeat(129)].map(isTag)).toEqual(
      Array(8).fill(false),
    );
  });
});

describe('tagCommand', () => {
  const digest = `a/b@${DIGEST}`;

  it('gives a name to an image, but not one that pins a digest', () => {
    expect(tagCommand('a/b:1', 'c/d:2')).toBe('docker tag a/b:1 c/d:2');
    expect(tagCommand('a/b:1', digest)).toBeUndefined();
    expect(tagCommand(digest, 'c/d:2')).toBe(`docker tag ${digest} c/d:2`);
  });

  it('is replaced by docker pull where peers ask for a digest', () => {
    const facts = { role: 'runtime', image: digest, own: 'a/b:1' };
    expect(remediesFor('runtime-absent', facts)[0]).toBe(`docker pull ${digest}`);
  });
});
