import { expect, it } from 'vitest';
import { usesProxy, withoutProxy } from '../../../../src/pipeline/network/no-proxy.ts';

const HOST = 'orderer.example.com';
const PROXY = { HTTPS_PROXY: 'http://proxy:3128' };

it.each([
  [{}, false],
  [{ HTTPS_PROXY: '', http_proxy: '' }, false],
  [PROXY, true],
  [{ https_proxy: 'http://proxy:3128' }, true],
  [{ ...PROXY, NO_PROXY: 'localhost,127.0.0.1' }, true],
  [{ ...PROXY, NO_PROXY: 'ample.com' }, true],
  [{ ...PROXY, NO_PROXY: 'other.com, .example.com' }, false],
  [{ ...PROXY, no_proxy: 'example.com' }, false],
  [{ ...PROXY, no_proxy: HOST }, false],
  [{ ...PROXY, NO_PROXY: '*' }, false],
])('%j reaches the orderer through a proxy: %s', (env, proxied) => {
  expect(usesProxy(env, HOST)).toBe(proxied);
});

it('no node reaches another through a proxy, whatever docker gives to containers', () => {
  const env = {
    ...PROXY,
    http_proxy: 'http://proxy:3128',
    ...withoutProxy(['example.com'], { name: 'couchdb0', port: 1 }),
  };
  for (const host of [HOST, 'peer0.org1.example.com', 'couchdb0', 'localhost'])
    expect(usesProxy(env, host), host).toBe(false);
  expect(usesProxy(env, 'elsewhere.org')).toBe(true);
});
