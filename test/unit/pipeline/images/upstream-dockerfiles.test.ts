import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { buildSettings, loadConfig } from '../../../../src/pipeline/config/config.ts';
import { WizardFailure } from '../../../../src/pipeline/core/failure.ts';
import { releaseOf } from '../../../../src/pipeline/fabric/release.ts';
import { readSourceTree } from '../../../../src/pipeline/fabric/source-tree.ts';
import {
  baseImages,
  buildArguments,
  ignoredBy,
  isUpstream,
  upstreamRecipe,
  withStagesLabelled,
} from '../../../../src/pipeline/images/upstream-dockerfiles.ts';
import { english } from '../../../support/english.ts';
import { tempDir, writeFiles } from '../../../support/temp-dir.ts';

/** In the style of 2.0 to 2.4. */
const ALPINE = `ARG GO_VER
ARG ALPINE_VER
FROM alpine:\${ALPINE_VER} as base
FROM golang:\${GO_VER}-alpine\${ALPINE_VER} as golang
ADD . /src
FROM golang as peer
ARG GO_TAGS
RUN make peer GO_TAGS=\${GO_TAGS}
FROM base
COPY --from=peer /src/build/bin /usr/local/bin`;

/** In the style of 2.5 and later. */
const UBUNTU = `ARG UBUNTU_VER
FROM ubuntu:\${UBUNTU_VER} AS builder
ARG TARGETARCH
ARG TARGETOS
ARG FABRIC_VER
ARG GO_VER
ARG GO_TAGS
ADD . .
RUN make peer GO_TAGS=\${GO_TAGS} FABRIC_VER=\${FABRIC_VER}
RUN make ccaasbuilder
FROM ubuntu:\${UBUNTU_VER}
`;

const FILES = {
  Makefile: 'ALPINE_VER ?= 3.18\nUBUNTU_VER ?= 22.04\nGO_VER = 1.21.6\nBASE_VERSION = 2.2.15\n',
  '.dockerignore': '# made\n**/*_test.go\nbuild\ndocs\nimages\n',
  'images/peer/Dockerfile': ALPINE,
  'images/ccenv/Dockerfile': 'ARG GO_VER\nARG ALPINE_VER\nFROM golang:$GO_VER\n',
  'images/ccenv/extra.sh': 'true\n',
  'cmd/peer/main.go': 'package main\n',
  'cmd/peer/main_test.go': 'package main\n',
  'docs/index.md': 'text\n',
  'README.md': 'text\n',
};

async function settingsOf(version: string, flags: Readonly<Record<string, unknown>> = {}, arch = 'amd64') {
  const release = releaseOf(version);
  if (!release) throw new Error(version);
  const { values } = await loadConfig({ dir: '/', flags: { dockerfiles: 'upstream', ...flags } });
  const source = {
    release,
    version,
    baseVersion: '',
    goVersion: '1.20',
    practice: false,
    tree: { commit: 'c0ffee' },
  };
  return buildSettings(values, source, arch);
}

async function checkout(more: Readonly<Record<string, string>> = {}) {
  const dir = await tempDir();
  await writeFiles(dir, { ...FILES, ...more });
  return { dir, tree: await readSourceTree(dir) };
}

const NO_FILES = { makefile: '', ciProperties: '', goMod: '' };

it('reads versions from the Makefile and its included files, and passes only declared arguments', async () => {
  const settings = await settingsOf('2.2.15');
  const args = buildArguments(ALPINE, { ...NO_FILES, makefile: FILES.Makefile }, settings);
  expect(args).toMatchObject({ GO_VER: '1.21.6', ALPINE_VER: '3.18' });
  expect(Object.keys(args).sort()).toEqual(['ALPINE_VER', 'GO_TAGS', 'GO_VER']);
  const byShell = 'UBUNTU_VER ?= 24.04\nGO_VER := $(shell grep ^go < go.mod)\n';
  const later = buildArguments(
    UBUNTU,
    { ...NO_FILES, makefile: byShell, goMod: 'module x\n\ngo 1.24.2\n' },
    settings,
  );
  expect(later).toMatchObject({
    GO_VER: '1.24.2',
    UBUNTU_VER: '24.04',
    FABRIC_VER: '2.2.15',
    TARGETOS: 'linux',
    TARGETARCH: 'amd64',
  });
  expect(buildArguments(UBUNTU, NO_FILES, { ...settings, goArch: 'arm64' })).toMatchObject({
    TARGETARCH: 'arm64',
  });
  const oldest = {
    ...NO_FILES,
    makefile: 'GO_VER = $(shell grep GO_VER ci.properties)',
    ciProperties: 'GO_VER=1.13.4\n',
  };
  expect(buildArguments(ALPINE, oldest, settings)).toMatchObject({ GO_VER: '1.13.4', ALPINE_VER: undefined });
});

it('passes namespace, version and commit behind the Go tags as separate words', async () => {
  const words = async (goTags: string) => {
    const settings = await settingsOf('2.5.12', { goTags, dockerNs: 'acme' });
    const { GO_TAGS = '' } = buildArguments(UBUNTU, NO_FILES, settings);
    const script = UBUNTU.split('\n')
      .find((release) => release.includes('make peer'))
      ?.replace('RUN make', "printf '%s\\n'");
    return execFileSync('sh', ['-c', script ?? ''], {
      env: { GO_TAGS, FABRIC_VER: '2.5.12' },
      encoding: 'utf8',
    })
      .trimEnd()
      .split('\n');
  };
  const variables = [
    'DOCKER_NS=acme',
    'BASE_DOCKER_NS=hyperledger',
    'BASE_DOCKER_LABEL=org.hyperledger.fabric',
    'BASE_VERSION=2.5.12',
    'EXTRA_VERSION=c0ffee',
    'FABRIC_VER=2.5.12',
  ];
  expect(await words('')).toEqual(['peer', 'GO_TAGS=', ...variables]);
  expect(await words('pkcs11 noplugin')).toEqual(['peer', 'GO_TAGS=pkcs11,noplugin', ...variables]);
});

it('finds the base images of a Dockerfile', () => {
  expect(baseImages(ALPINE, { GO_VER: '1.21.6', ALPINE_VER: '3.18' })).toEqual([
    'alpine:3.18',
    'golang:1.21.6-alpine3.18',
  ]);
  expect(
    baseImages('FROM --platform=linux/amd64 a:1 as x\nFROM scratch\nfrom X\nFROM $B', { B: 'b:2' }),
  ).toEqual(['a:1', 'X', 'b:2']);
});

it('labels every stage except the last, and changes nothing else', () => {
  const text = withStagesLabelled(UBUNTU, 'a="b"');
  expect(text.split('\n').filter((release) => release === 'LABEL a="b"')).toHaveLength(1);
  expect(text).toMatch(/ccaasbuilder\nLABEL a="b"\nFROM /);
  expect(text.replace('LABEL a="b"\n', '')).toBe(UBUNTU);
  expect(withStagesLabelled('FROM a\nRUN b\n', 'a="b"')).toBe('FROM a\nRUN b\n');
  expect(withStagesLabelled(ALPINE, 'x="y"').match(/LABEL/g)).toHaveLength(3);
});

it('ignores the same files as the docker command', () => {
  const ignored = ignoredBy('# c\n**/*test.go\n.git/objects/pack\nbuild\nrelease\n!release/keep\n');
  const paths = [
    'a/b_test.go',
    'latesttest.go',
    'testing.go',
    'build/x',
    'rebuild/x',
    'a/build/x',
    '.git/objects/pack/p',
    '.git/HEAD',
  ];
  expect(paths.filter(ignored)).toEqual(['a/b_test.go', 'latesttest.go', 'build/x', '.git/objects/pack/p']);
  expect(['release/x', 'release/keep/x'].map(ignored)).toEqual([true, false]);
});

it('has the relevant files in context and fingerprint', async () => {
  const settings = await settingsOf('2.2.15');
  const source = await checkout();
  const peer = await upstreamRecipe('peer', { source, settings });
  const names = async (recipe: typeof peer) => (await recipe.context()).map(({ name }) => name).sort();
  expect(await names(peer)).toEqual(['.dockerignore', 'Makefile', 'README.md', 'cmd/peer/main.go']);
  expect(await names(await upstreamRecipe('ccenv', { source, settings }))).toEqual([
    '.dockerignore',
    'extra.sh',
  ]);
  const printOf = async (more: Readonly<Record<string, string>>, ns = 'hyperledger') =>
    (await upstreamRecipe('peer', { source: await checkout(more), settings: { ...settings, dockerNs: ns } }))
      .fingerprint;
  expect(await printOf({ 'README.md': 'other', 'docs/index.md': 'other' })).toBe(peer.fingerprint);
  const others = [
    await printOf({ 'cmd/peer/main.go': 'package main // other\n' }),
    await printOf({ Makefile: FILES.Makefile.replace('3.18', '3.19') }),
    await printOf({ 'images/peer/Dockerfile': `${ALPINE}\nEXPOSE 7051\n` }),
    await printOf({}, 'acme'),
  ];
  expect(new Set([peer.fingerprint, ...others]).size).toBe(5);
});

it('is used only if it is configured and the checkout has one', async () => {
  const [source, settings] = [await checkout(), await settingsOf('2.2.15')];
  expect(isUpstream('peer', { source, settings })).toBe(true);
  expect(isUpstream('tools', { source, settings })).toBe(false);
  expect(isUpstream('peer', { source, settings: { ...settings, dockerfiles: 'own' } })).toBe(false);
});

it.each([
  ['quoted tags', ALPINE.replace(/=(\S*GO_TAGS\})/, '="$1"'), FILES.Makefile, 'passes no make variables'],
  [
    'another architecture',
    `${ALPINE}\nCOPY --from=peer /src/release/linux-arm64/x /x`,
    FILES.Makefile,
    'for arm64',
  ],
  ['no version of alpine', ALPINE, 'GO_VER = 1.21.6\n', 'does not set ALPINE_VER'],
])(
  'refuses %s before anything is built, and names the choice that works',
  async (_, dockerfile, makefile, why) => {
    const source = await checkout({ 'images/peer/Dockerfile': dockerfile, Makefile: makefile });
    const settings = await settingsOf('2.2.15');
    const error = await upstreamRecipe('peer', { source, settings }).catch((each: unknown) => each);
    if (!(error instanceof WizardFailure) || error.failure.kind !== 'usage') throw error;
    expect(english.translate(error.failure.message)).toContain(why);
    expect(error.failure.next).toEqual(['fabric-wizard up --yes --dockerfiles own']);
  },
);
