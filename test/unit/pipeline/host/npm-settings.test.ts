import { expect, it } from 'vitest';
import { npmSettingsIn } from '../../../../src/pipeline/host/npm-settings.ts';

it('what an image gets of the configuration of npm: registries, proxies and authorities, without credentials', () => {
  const config = {
    registry: 'https://npm.example.org/',
    '@acme:registry': 'https://npm.acme.example/',
    '//npm.acme.example/:_authToken': 'secret',
    'https-proxy': 'http://user:secret@proxy.example:3128/',
    proxy: null,
    noproxy: ['', 'localhost'],
    'strict-ssl': false,
    cache: '/home/me/.npm',
    ca: null,
  };
  expect(npmSettingsIn(config, undefined)).toEqual({
    lines: [
      '@acme:registry=https://npm.acme.example/',
      'https-proxy=http://proxy.example:3128/',
      'noproxy=localhost',
      'registry=https://npm.example.org/',
      'strict-ssl=false',
    ],
  });
  expect(npmSettingsIn({ ca: ['A', 'B'] }, undefined)).toEqual({ lines: [], ca: 'A\nB' });
  expect(npmSettingsIn({ ca: 'A' }, 'of the file')).toEqual({ lines: [], ca: 'of the file' });
});
