import { expect, it } from 'vitest';
import { dockerProxies } from '../../../../src/pipeline/engine/docker-proxies.ts';
import { tempDir, writeFiles } from '../../../support/temp-dir.ts';

const ENGINE = 'unix:///var/run/docker.sock';

async function proxiesOf(config: string): Promise<Record<string, string>> {
  const dir = await tempDir();
  await writeFiles(dir, { 'config.json': config });
  return dockerProxies(ENGINE, dir);
}

it('are those of the default, in both cases, as docker itself passes them to a build', async () => {
  const proxies = { default: { httpsProxy: 'http://p:3128', noProxy: 'corp.example', httpProxy: '' } };
  expect(await proxiesOf(JSON.stringify({ proxies }))).toEqual({
    HTTPS_PROXY: 'http://p:3128',
    https_proxy: 'http://p:3128',
    NO_PROXY: 'corp.example',
    no_proxy: 'corp.example',
  });
});

it('are those of the engine, if the file names it', async () => {
  const proxies = { default: { httpProxy: 'http://a' }, [ENGINE]: { httpProxy: 'http://b' } };
  expect((await proxiesOf(JSON.stringify({ proxies }))).HTTP_PROXY).toBe('http://b');
});

it.each(['{}', '{', '{"proxies": []}', '{"proxies": {"default": {"httpProxy": 3}}}'])(
  'are none in %s',
  async (config) => {
    expect(await proxiesOf(config)).toEqual({});
  },
);

it('are none without a file', async () => {
  expect(await dockerProxies(ENGINE, await tempDir())).toEqual({});
});
