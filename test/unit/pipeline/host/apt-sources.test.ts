import { describe, expect, it } from 'vitest';
import {
  distributionSources,
  formatSources,
  parseAptConfig,
  parseDeb822Sources,
  parseOneLineSources,
  parseOsRelease,
} from '../../../../src/pipeline/host/apt-sources.ts';

const DEBIAN = { id: 'debian', codename: 'bookworm' };
const UBUNTU = { id: 'ubuntu', codename: 'noble' };

function written(text: string, parse = parseOneLineSources, distribution = DEBIAN, arch = 'amd64'): string[] {
  return formatSources(distributionSources(parse(text), distribution, arch))
    .trim()
    .split('\n');
}

describe('one-line sources', () => {
  it('keeps the release with its updates and main only', () => {
    const lines = written(`
# deb http://old.example/debian bookworm main
deb http://mirror.example/debian bookworm main contrib non-free-firmware # ours
deb-src http://mirror.example/debian bookworm main
deb http://mirror.example/debian bookworm-updates main contrib
deb http://mirror.example/debian-security bookworm-security/ main
deb http://mirror.example/debian trixie main
deb http://mirror.example/debian bookworm contrib
`);
    expect(lines).toEqual([
      'deb http://mirror.example/debian bookworm main',
      'deb http://mirror.example/debian bookworm-updates main',
      'deb http://mirror.example/debian-security bookworm-security main',
    ]);
  });

  it('leaves third parties out that use the same codename and component', () => {
    const lines = written(`
deb [arch=amd64 signed-by=/usr/share/keyrings/tool-archive-keyring.gpg] https://apt.tool.example bookworm main
deb https://packages.other.example/apt bookworm main
deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://mirror.example/d bookworm main
`);
    expect(lines).toEqual([
      'deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://mirror.example/d bookworm main',
    ]);
  });

  it('takes a house mirror under its own name where nothing better is there', () => {
    const lines = written('deb [trusted=yes] http://apt.house.example/all bookworm main\n');
    expect(lines).toEqual(['deb [trusted=yes] http://apt.house.example/all bookworm main']);
  });

  it('keeps those of an engine for arm64', () => {
    const text = `
deb [arch=amd64] http://mirror.example/amd bookworm main
deb [arch=arm64] http://mirror.example/arm bookworm main
deb http://mirror.example/all bookworm main
`;
    expect(written(text, parseOneLineSources, DEBIAN, 'arm64').join()).toMatch(
      /^[^,]*\/arm [^,]*,[^,]*\/all [^,]*$/,
    );
  });

  it('leaves out what a container cannot reach or another architecture', () => {
    expect(
      written(`
deb cdrom:[Debian 12]/ bookworm main
deb file:/srv/debian bookworm main
deb [arch=arm64] http://mirror.example/debian bookworm main
`),
    ).toEqual(['']);
  });
});

describe('deb822 sources', () => {
  it('reads several stanzas, comments and continued fields', () => {
    const lines = written(
      `Types: deb deb-src
# a snapshot would stand here
URIs: http://mirror.example/debian
Suites: bookworm bookworm-updates
Components: main
 contrib
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

Types: deb
URIs: http://mirror.example/debian
Suites: bookworm-backports
Components: main
Enabled: no
`,
      parseDeb822Sources,
    );
    const options = '[signed-by=/usr/share/keyrings/debian-archive-keyring.gpg]';
    expect(lines).toEqual([
      `deb ${options} http://mirror.example/debian bookworm main`,
      `deb ${options} http://mirror.example/debian bookworm-updates main`,
    ]);
  });

  it('passes a key written into the stanza over, and keeps universe on Ubuntu', () => {
    const lines = written(
      `Types: deb
URIs: https://third.example/ubuntu
Suites: noble
Components: main
Signed-By:
 -----BEGIN PGP PUBLIC KEY BLOCK-----
 .
 abc

Types: deb
URIs: http://archive.example/ubuntu/
Suites: noble
Components: main restricted universe multiverse
Signed-By: /usr/share/keyrings/ubuntu-archive-keyring.gpg
`,
      parseDeb822Sources,
      UBUNTU,
    );
    expect(lines).toEqual([
      'deb [signed-by=/usr/share/keyrings/ubuntu-archive-keyring.gpg] http://archive.example/ubuntu/ noble main universe',
    ]);
  });
});

describe('apt-config', () => {
  it('turns proxies into environment variables; https falls back to the http proxy', () => {
    const dump = `Acquire::http::Proxy "http://proxy.example:3128/";
Acquire::http::Proxy::mirror.example "DIRECT";
Acquire::Check-Valid-Until "false";
Acquire::Retries "3";
`;
    expect(
      parseAptConfig(dump, { no_proxy: 'localhost, 127.0.0.1', http_proxy: 'http://not.example' }),
    ).toEqual({
      proxyEnv: {
        http_proxy: 'http://proxy.example:3128/',
        https_proxy: 'http://proxy.example:3128/',
        no_proxy: 'mirror.example,localhost,127.0.0.1',
      },
      options: ['Acquire::Check-Valid-Until=false', 'Acquire::Retries=3'],
    });
  });

  it('uses the environment if apt has no proxy, and no proxy if apt has DIRECT', () => {
    expect(parseAptConfig('', { http_proxy: 'http://p.example' }).proxyEnv).toEqual({
      http_proxy: 'http://p.example',
    });
    const direct = 'Acquire::http::Proxy "DIRECT";\n';
    expect(parseAptConfig(direct, { http_proxy: 'http://p.example' }).proxyEnv).toEqual({});
  });

  it('passes only plain values on', () => {
    expect(parseAptConfig('Acquire::Retries "3; touch /x";\n', {}).options).toEqual([]);
  });
});

describe('os-release', () => {
  it('reads quoted and bare values', () => {
    expect(parseOsRelease('NAME="Debian GNU/Linux"\nVERSION_CODENAME=bookworm\nID=debian\n')).toEqual(DEBIAN);
    expect(parseOsRelease('ID="ubuntu"\nVERSION_CODENAME=\'noble\'\n')).toEqual(UBUNTU);
  });

  it('knows nothing of a system without a codename', () => {
    expect(parseOsRelease('ID=alpine\n')).toBeUndefined();
  });
});
