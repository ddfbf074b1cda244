import { describe, expect, it } from 'vitest';
import { mayBePublished } from '../../../../src/pipeline/fabric/published-images.ts';

describe('images for arm64', () => {
  it.each([
    'hyperledger/fabric-baseimage:arm64-0.4.22',
    'hyperledger/fabric-baseos:arm64-0.4.22',
    'docker.io/hyperledger/fabric-couchdb:latest',
  ])('%s is not published', (ref) => {
    expect(mayBePublished(ref, 'arm64')).toBe(false);
    expect(mayBePublished(ref, 'amd64')).toBe(true);
    expect(mayBePublished(ref, 's390x')).toBe(true);
  });

  it.each([
    'acme/fabric-baseos:arm64-0.4.22',
    'registry.example/hyperledger/fabric-baseimage:arm64-0.4.22',
    'hyperledger/fabric-peer:2.5',
    'golang:1.21-bookworm',
    'couchdb:2.3.1',
  ])('%s may be', (ref) => {
    expect(mayBePublished(ref, 'arm64')).toBe(true);
  });
});
