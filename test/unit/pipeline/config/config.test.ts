import { mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  buildSettings,
  configRows,
  defaultProject,
  flagOf,
  loadConfig,
  passingFlags,
  rememberedChoices,
  rememberedFlags,
} from '../../../../src/pipeline/config/config.ts';
import { CHOICE_FIELDS, choiceOptions, keyOf } from '../../../../src/pipeline/config/config-choices.ts';
import { configJsonSchema } from '../../../../src/pipeline/config/config-schema.ts';
import { type ConfigFailure, WizardFailure } from '../../../../src/pipeline/core/failure.ts';
import { helpFor } from '../../../../src/pipeline/diagnosis/failure-help.ts';
import { recogniseSource } from '../../../../src/pipeline/fabric/source.ts';
import { worded } from '../../../support/english.ts';
import { fabricShape, MAKEFILE_1_4 } from '../../../support/fabric-shape.ts';
import { tempDir, writeFiles } from '../../../support/temp-dir.ts';

async function dirWith(yaml?: string): Promise<string> {
  const dir = await tempDir();
  if (yaml !== undefined) await writeFiles(dir, { 'fabric-wizard.yaml': yaml });
  return dir;
}

async function failureOf(dir: string, flags: Record<string, unknown> = {}): Promise<ConfigFailure> {
  const error = await loadConfig({ dir, flags }).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof WizardFailure && error.failure.kind === 'config') return error.failure;
  throw new Error(`expected issues, got ${String(error)}`);
}

async function issuesOf(dir: string, flags: Record<string, unknown> = {}) {
  return worded((await failureOf(dir, flags)).issues);
}

describe('the last run', () => {
  it('stands below flags and file and above defaults, and forgets what belongs to one command', async () => {
    const first = await loadConfig({
      dir: await dirWith(),
      flags: { orgs: '3', channel: 'c', project: 'p', jobs: '1', proveEveryPeer: true },
    });
    const lastRun = rememberedChoices(first);
    expect(lastRun).toEqual({ orgs: 3, channel: 'c', project: 'p' });
    // The commands that help a failed run have to repeat the others.
    expect(passingFlags(first).sort()).toEqual(['--jobs 1', '--prove-every-peer']);

    const dir = await dirWith('channel: d\n');
    const next = await loadConfig({ dir, flags: { project: 'q' }, lastRun });
    expect(next.values).toMatchObject({ orgs: 3, channel: 'd', project: 'q', peers: 2 });
    expect(next.origin).toMatchObject({
      orgs: 'last-run',
      channel: 'file',
      project: 'flag',
      peers: 'default',
    });
    expect(rememberedChoices(next)).toEqual({ orgs: 3, project: 'q' });
  });
});

describe('loadConfig', () => {
  it('has defaults for a first run', async () => {
    const { values, origin } = await loadConfig({ dir: await dirWith(), flags: {} });
    expect(values).toMatchObject({
      source: 'auto',
      dockerLabel: 'org.hyperledger.fabric',
      goTags: '',
      base: 'auto',
      orgs: 2,
      peers: 2,
      orderers: 1,
      tls: true,
      couchdb: false,
      channel: 'mychannel',
      portBase: 7050,
      proveEveryPeer: false,
      gateway: true,
    });
    expect(values.jobs).toBeGreaterThan(0);
    expect([values.fabricVersion, values.dockerNs, values.project, values.link]).toEqual(
      Array(4).fill(undefined),
    );
    expect(new Set(Object.values(origin))).toEqual(new Set(['default']));
    expect(Object.keys(origin).sort()).toEqual([...CHOICE_FIELDS].sort());
  });

  it('prefers flags to the file and the file to the defaults, and records the origin', async () => {
    const dir = await dirWith('orgs: 3\npeers: 1\ntls: false\ndocker-ns: acme\n');
    const { values, origin } = await loadConfig({
      dir,
      flags: { orgs: '1', tls: true, json: true, dir: '/x' },
    });
    expect(values).toMatchObject({ orgs: 1, peers: 1, tls: true, dockerNs: 'acme' });
    expect(origin).toMatchObject({
      orgs: 'flag',
      peers: 'file',
      tls: 'flag',
      dockerNs: 'file',
      channel: 'default',
    });
  });

  it.each(['', '# nothing\n', '---\n', '{}\n'])('takes the empty file %j', async (yaml) => {
    expect((await loadConfig({ dir: await dirWith(yaml), flags: {} })).values.orgs).toBe(2);
  });

  it('resolves a path of the file from its folder and a path of a flag from the current one', async () => {
    const dir = await dirWith('source: ./fabric\nchaincode: cc\n');
    await mkdir(join(dir, 'cc'));
    const byFile = (await loadConfig({ dir, flags: {} })).values;
    expect([byFile.source, byFile.chaincode]).toEqual([join(dir, 'fabric'), join(dir, 'cc')]);
    const byFlag = (await loadConfig({ dir, flags: { source: 'src', chaincode: 'src' } })).values;
    expect([byFlag.source, byFlag.chaincode]).toEqual([
      join(process.cwd(), 'src'),
      join(process.cwd(), 'src'),
    ]);
    for (const word of ['auto', 'sample', 'v1.4.12', '1.0.0']) {
      expect((await loadConfig({ dir, flags: { source: word } })).values.source).toBe(word);
    }
  });
});

describe('bad input in the file', () => {
  it.each([
    // An unknown key, with the one that was meant.
    [
      'orgs: 2\ndocker_ns: acme\n',
      { path: 'docker_ns', where: 'fabric-wizard.yaml:2:1', fix: 'did you mean docker-ns?' },
    ],
    [
      'dockerNs: acme\n',
      { path: 'dockerNs', where: 'fabric-wizard.yaml:1:1', fix: 'did you mean docker-ns?' },
    ],
    ['chanel: c\n', { path: 'chanel', fix: 'did you mean channel?' }],
    ['colour: red\n', { path: 'colour', fix: expect.stringContaining('docker-ns') }],
    // A wrong type.
    [
      '# c\norgs: "2"\n',
      { path: 'orgs', where: 'fabric-wizard.yaml:2:7', message: 'must be a whole number, not "2"' },
    ],
    ['orgs: 2.5\n', { path: 'orgs', message: 'must be a whole number, not 2.5' }],
    [
      'tls: yes\n',
      { path: 'tls', where: 'fabric-wizard.yaml:1:6', message: 'must be true or false, not "yes"' },
    ],
    ['channel: [a]\n', { path: 'channel', message: 'must be text, not a list' }],
    ['channel: {a: 1}\n', { path: 'channel', message: 'must be text, not a map' }],
    [
      'channel:\n',
      { path: 'channel', where: 'fabric-wizard.yaml:1:1', message: 'must be text, not nothing' },
    ],
    ['fabric-version: 1.10\n', { path: 'fabric-version', fix: 'quote it: fabric-version: "1.10"' }],
    [
      'orgs: 2\n---\npeers: 1\n',
      {
        path: 'fabric-wizard.yaml',
        message: 'contains more than one YAML document',
        where: 'fabric-wizard.yaml:2:1',
        fix: 'keep one document, and remove the line `---` between them',
      },
    ],
    ['fabric-version: 1.4\n', { path: 'fabric-version', fix: 'quote it: fabric-version: "1.4"' }],
    // No YAML, or no map.
    [
      'orgs: 2\n  peers: [1\n',
      { path: 'fabric-wizard.yaml', where: expect.stringMatching(/^fabric-wizard\.yaml:\d+:\d+$/) },
    ],
    ['orgs: 2\norgs: 3\n', { path: 'fabric-wizard.yaml', where: 'fabric-wizard.yaml:2:1' }],
    [
      '- orgs\n',
      {
        path: 'fabric-wizard.yaml',
        where: 'fabric-wizard.yaml:1:1',
        message: expect.stringContaining('a list'),
      },
    ],
    ['channel: *nope\n', { path: 'channel', message: expect.stringContaining('alias') }],
    ['just words\n', { path: 'fabric-wizard.yaml', where: 'fabric-wizard.yaml:1:1' }],
  ])('%j', async (yaml, issue) => {
    const issues = await issuesOf(await dirWith(yaml));
    expect(issues[0]).toMatchObject(issue);
  });

  it('tells all issues at once, also those that a flag covers', async () => {
    const dir = await dirWith('orgs: many\nnope: 1\nchannel: UPPER\n');
    const issues = await issuesOf(dir, { orgs: '2', peers: 'x', project: '-bad' });
    expect(issues.map(({ path, where }) => [path, where])).toEqual([
      ['nope', 'fabric-wizard.yaml:2:1'],
      ['orgs', 'fabric-wizard.yaml:1:7'],
      ['peers', '--peers'],
      ['channel', 'fabric-wizard.yaml:3:10'],
      ['project', '--project'],
    ]);
    expect(issues.every(({ fix }) => fix !== undefined && fix !== '')).toBe(true);
  });

  it('a folder in the place of the file', async () => {
    const dir = await tempDir();
    await mkdir(join(dir, 'fabric-wizard.yaml'));
    expect((await issuesOf(dir))[0]?.message).toMatch(/EISDIR/);
  });
});

describe('bad values', () => {
  const HOSTILE = ['a b', 'a;b', '$(id)', '`id`', "a'b", 'a"b', 'a\nb', 'a\tb', '', 'a\\b', '-X x'];

  it.each([
    ...[...HOSTILE, 'Hyperledger', 'a:tag', '/a'].map((value) => ['dockerNs', value]),
    ...[...HOSTILE, 'BASE'].map((value) => ['baseDockerNs', value]),
    ...[...HOSTILE, '1.4/12', '-1', '.1', 'x'.repeat(65), '1:2', '1@2', '1+2'].map((value) => [
      'fabricVersion',
      value,
    ]),
    ...[...HOSTILE, '0.4/22'].map((value) => ['baseVersion', value]),
    ...HOSTILE.map((value) => ['dockerLabel', value]),
    ...[...HOSTILE, 'a/b'].map((value) => ['commitSha', value]),
    ...['a;b', '$(id)', 'a"b', '1a', '-tags', ',', 'a\nb'].map((value) => ['goTags', value]),
    ...['Upper/x', 'a b', 'a:b:c', ''].map((value) => ['builderImage', value]),
    ...['Upper/x', '$(id)'].map((value) => ['runtimeImage', value]),
    ...['maybe', 'STATIC', ''].map((value) => ['link', value]),
    ['base', 'hub'],
    ...['My', '1a', 'a b', 'a_b', '', 'x'.repeat(250)].map((value) => ['channel', value]),
    ...['A', '-a', 'a b', '', 'a--b', 'a-', 'a_-b', 'a/b', 'a.b', 'x'.repeat(41)].map((value) => [
      'project',
      value,
    ]),
    ...['0', '65', '-1', '1.5', '1e1', 'two', '', ' 2'].map((value) => ['orgs', value]),
    ...['0', '65'].map((value) => ['peers', value]),
    ...['80', '65001', '99999999999'].map((value) => ['portBase', value]),
    ['jobs', '0'],
    ['chaincode', '/no/such/folder'],
    ['chaintool', '/no/such/file'],
    ['chaintool', 'ftp://x/y'],
    ['source', ''],
  ])('--%s %j', async (field, value) => {
    const issues = await issuesOf(await dirWith(), { [field]: value });
    expect(issues).toHaveLength(1);
    const key = keyOf(field as (typeof CHOICE_FIELDS)[number]);
    expect(issues[0]).toMatchObject({ path: key, where: `--${key}`, fix: expect.stringMatching(/./) });
  });

  it('names a linker flag as the reason', async () => {
    const issues = await issuesOf(await dirWith(), { fabricVersion: 'development build' });
    expect(issues[0]?.message).toMatch(/"development build".*linker flag/);
  });

  it('consensus kafka: not supported yet', async () => {
    const issues = await issuesOf(await dirWith(), { consensus: 'kafka' });
    expect(issues[0]?.message).toMatch(/not supported yet/);
  });

  it('another consensus: only what can be started is offered', async () => {
    const issues = await issuesOf(await dirWith(), { consensus: 'pbft' });
    expect(issues[0]?.message).toBe('"pbft" is not one of solo, etcdraft, BFT');
    expect(configJsonSchema()).toMatchObject({
      properties: { consensus: { enum: ['solo', 'etcdraft', 'BFT'] } },
    });
  });

  it.each([
    ['mychannel,second,mychannel', /repeats a channel name/],
    ['mychannel,system-channel', /system-channel, the orderers' system channel/],
    ['mychannel,', /not a valid channel name/],
    ['mychannel, second', /not a valid channel name/],
  ])('refuses the channels %j', async (channel, words) => {
    const [issue, ...others] = await issuesOf(await dirWith(), { channel });
    expect(others).toEqual([]);
    expect(issue).toMatchObject({ path: 'channel', message: expect.stringMatching(words) });
  });

  it.each<[string, Record<string, unknown>, string | undefined]>([
    ['', { portBase: '65500' }, '65000'],
    ['', { portBase: '80', orgs: '9' }, '65000'],
    ['', { portBase: '65000', orgs: '32' }, '64896'],
    ['port-base: 64950\n', { orgs: '8', peers: '8', couchdb: true }, '64896'],
    // A value in the file is checked even if a flag overrides it.
    ['port-base: 65500\n', {}, undefined],
    ['', { portBase: '65500', orgs: '0' }, undefined],
    ['', { portBase: '65000', orgs: '10', peers: '10' }, undefined],
  ])('offers a first port that is possible: %j %j', async (yaml, flags, base) => {
    const dir = await dirWith(yaml);
    const { next } = helpFor(await failureOf(dir, flags));
    const command = next.find((each) => typeof each === 'string' && each.startsWith('fabric-wizard up'));
    if (base === undefined) return expect(command).toBeUndefined();
    expect(command).toMatch(new RegExp(`^fabric-wizard up --yes --port-base ${base}\\b`));
    expect((await loadConfig({ dir, flags: { ...flags, portBase: base } })).values.portBase).toBe(
      Number(base),
    );
  });

  it('refuses a network whose ports would pass the last one, and names the highest first port', async () => {
    const dir = await dirWith('port-base: 64897\n');
    const [issue] = await issuesOf(dir, { orgs: '8', peers: '8' });
    expect(issue).toMatchObject({ path: 'port-base', where: 'fabric-wizard.yaml:1:12' });
    expect(issue?.message).toContain('65536');
    expect(issue?.fix).toContain('64896');
    const fits = { orgs: '8', peers: '8', portBase: '64896' };
    expect((await loadConfig({ dir: await dirWith(), flags: fits })).values.portBase).toBe(64896);
    expect((await loadConfig({ dir, flags: { orgs: '7', peers: '9' } })).values.portBase).toBe(64897);
  });

  it('refuses more than 64 peers, however they are spread', async () => {
    const [issue, ...others] = await issuesOf(await dirWith(), { orgs: '5', peers: '13' });
    expect(others).toEqual([]);
    expect(issue).toMatchObject({ path: 'peers', where: '--peers', message: expect.stringContaining('64') });
    expect(issue?.fix).toContain('at most 12 peers');
  });

  it.each([
    ['', { orgs: '4', peers: '20' }, 'fabric-wizard up --yes --peers 16 --orgs 4'],
    ['peers: 20\n', { orgs: '4' }, 'fabric-wizard up --yes --peers 16 --orgs 4'],
    ['orgs: 5\n', { peers: '13' }, 'fabric-wizard up --yes --peers 12'],
  ])('offers a number of peers that fits: %j %j', async (yaml, flags, command) => {
    const dir = await dirWith(yaml);
    const [next] = helpFor(await failureOf(dir, flags)).next;
    expect(String(next).replace(/ --dir \S+/, '')).toBe(command);
    const [peers] = /(?<=--peers )\d+/.exec(command) ?? [];
    await loadConfig({ dir, flags: { ...flags, peers } });
  });

  it.each([
    ['dockerNs', 'localhost:5000/acme/x'],
    ['fabricVersion', '1.4.12-acme_1'],
    ['goTags', 'pkcs11,experimental'],
    ['goTags', 'pkcs11 experimental'],
    ['builderImage', 'acme/builder'],
    ['couchdbImage', 'couchdb:3.4'],
    ['chaintool', 'https://example.org/chaintool.jar'],
    ['channel', 'my.channel-1'],
    ['channel', 'one,two,three.3'],
    ['project', 'my_net-1'],
    ['link', 'static'],
  ])('takes --%s %s', async (field, value) => {
    const { values } = await loadConfig({ dir: await dirWith(), flags: { [field]: value } });
    expect(values[field as keyof typeof values]).toBe(value);
  });
});

describe('what is read from the table', () => {
  it('flags', () => {
    const flags = choiceOptions().flatMap((option) => option.flags);
    expect(flags).toContain('--docker-ns <NAMESPACE>');
    expect(flags).toContain('--source <PATH|TAG|BRANCH|sample|auto>');
    expect(flags).toEqual(expect.arrayContaining(['--tls', '--no-tls']));
    expect(choiceOptions().every(({ help }) => help.length > 10)).toBe(true);
  });

  it('JSON schema', () => {
    const schema = configJsonSchema();
    expect(schema).toMatchObject({
      type: 'object',
      additionalProperties: false,
      properties: {
        orgs: { type: 'integer', minimum: 1, maximum: 64 },
        'docker-ns': { type: 'string', description: expect.stringContaining('DOCKER_NS') },
        link: { enum: ['static', 'dynamic'] },
        tls: { type: 'boolean' },
      },
    });
    expect(schema).not.toHaveProperty('required');
  });

  it('the effective configuration, row by row', async () => {
    const effective = await loadConfig({ dir: await dirWith('orgs: 3\n'), flags: { channel: 'c' } });
    const rows = configRows(effective);
    expect(rows).toContainEqual({ key: 'orgs', value: 3, origin: 'file' });
    expect(rows).toContainEqual({ key: 'channel', value: 'c', origin: 'flag' });
    expect(rows).toContainEqual({ key: 'docker-ns', value: undefined, origin: 'default' });
    expect(rows).toHaveLength(CHOICE_FIELDS.length);
  });
});

describe('buildSettings', () => {
  async function sourceOf(makefile: string, more: Readonly<Record<string, string>> = {}) {
    const dir = await tempDir();
    await writeFiles(dir, { ...fabricShape(makefile), ...more });
    return recogniseSource(dir);
  }

  it('takes values that were not chosen from the source', async () => {
    const { values } = await loadConfig({ dir: await dirWith(), flags: {} });
    expect(buildSettings(values, await sourceOf(MAKEFILE_1_4), 'amd64')).toMatchObject({
      version: '1.4.12',
      commitSha: 'unknown',
      baseVersion: '0.4.22',
      dockerNs: 'hyperledger',
      baseDockerNs: 'hyperledger',
      link: 'dynamic',
      builderImage: 'hyperledger/fabric-baseimage:amd64-0.4.22',
      runtimeImage: 'hyperledger/fabric-baseos:amd64-0.4.22',
    });
  });

  it('1.0: x86_64 and static', async () => {
    const { values } = await loadConfig({ dir: await dirWith(), flags: {} });
    const source = await sourceOf('BASE_VERSION = 1.0.0\nIS_RELEASE = true\nBASEIMAGE_RELEASE=0.3.1\n');
    expect(buildSettings(values, source, 'amd64')).toMatchObject({
      link: 'static',
      builderImage: 'hyperledger/fabric-baseimage:x86_64-0.3.1',
    });
  });

  it('the practice source never makes images that are called hyperledger', async () => {
    const { values } = await loadConfig({ dir: await dirWith(), flags: {} });
    const practice = await sourceOf(MAKEFILE_1_4, { '.fabric-wizard-practice': '' });
    expect(buildSettings(values, practice, 'amd64').dockerNs).toBe('fabric-practice');
  });

  it('takes what was chosen', async () => {
    const flags = {
      fabricVersion: '1.4.13',
      commitSha: 'abc',
      dockerNs: 'acme',
      baseDockerNs: 'base',
      baseVersion: '9',
      goTags: 'pkcs11, x',
      link: 'static',
      // The user's own image is given the name that everything else asks for.
      builderImage: 'my/builder:1',
    };
    const { values } = await loadConfig({ dir: await dirWith(), flags });
    expect(buildSettings(values, await sourceOf(MAKEFILE_1_4), 'arm64')).toMatchObject({
      version: '1.4.13',
      commitSha: 'abc',
      dockerNs: 'acme',
      goTags: 'pkcs11 x',
      link: 'static',
      builderImage: 'base/fabric-baseimage:arm64-9',
      runtimeImage: 'base/fabric-baseos:arm64-9',
    });
  });
});

describe('defaultProject', () => {
  it('is made of the folder, and differs for two folders of one name', async () => {
    const root = await tempDir();
    const make = async (path: string) => {
      await mkdir(join(root, path), { recursive: true });
      return defaultProject(join(root, path));
    };
    expect(await make('a/My Fabric_Net')).toMatch(/^fw-my-fabric-net-[0-9a-f]{4}$/);
    expect(await make('b/x')).not.toBe(await make('c/x'));
    expect(await make('d/---')).toMatch(/^fw-[0-9a-f]{4}$/);
    const long = await make('e/a-very-long-name-of-a-folder-that-nobody-types');
    expect(long).toMatch(/^fw-[a-z0-9-]{1,20}-[0-9a-f]{4}$/);
    await symlink(join(root, 'b/x'), join(root, 'link'));
    expect(defaultProject(join(root, 'link'))).toBe(await make('b/x'));
    for (const name of ['a/My Fabric_Net', 'd/---', 'e/a-very-long-name-of-a-folder-that-nobody-types']) {
      expect(
        (await loadConfig({ dir: root, flags: { project: defaultProject(join(root, name)) } })).values
          .project,
      ).toBeTruthy();
    }
  });
});

describe('flagOf', () => {
  it('gives a flag that the command line accepts', () => {
    expect(flagOf({ key: 'tls', value: true })).toBe('--tls');
    expect(flagOf({ key: 'tls', value: false })).toBe('--no-tls');
    expect(flagOf({ key: 'orgs', value: 3 })).toBe('--orgs 3');
    expect(flagOf({ key: 'source', value: '/a b' })).toBe("--source '/a b'");
  });
});

describe('rememberedFlags', () => {
  it('gives the flags of the last run that were not given again', async () => {
    const lastRun = { orgs: 3, tls: false, channel: 'trade' };
    const config = await loadConfig({ dir: await dirWith(), flags: { orgs: '1' }, lastRun });
    expect(rememberedFlags(config)).toBe('--no-tls --channel trade');
    expect(rememberedFlags(await loadConfig({ dir: await dirWith(), flags: {} }))).toBe('');
  });
});
