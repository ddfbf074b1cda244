/** The choices of a network on several machines, as flags and in the file. */
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../../../src/pipeline/config/config.ts';
import { configText, type FileChoices } from '../../../../src/pipeline/config/config-file.ts';
import { configJsonSchema } from '../../../../src/pipeline/config/config-schema.ts';
import { machineAddresses, placementRules } from '../../../../src/pipeline/config/swarm-choices.ts';
import { WizardFailure } from '../../../../src/pipeline/core/failure.ts';
import { worded } from '../../../support/english.ts';
import { tempDir, writeFiles } from '../../../support/temp-dir.ts';

describe('placement', () => {
  it('names the machine or the label of each owner', () => {
    expect(placementRules('Org1=m-1, Org12=label:rack=b ,orderers=3.lab')).toEqual([
      { owner: 'Org1', machine: 'm-1' },
      { owner: 'Org12', label: { name: 'rack', value: 'b' } },
      { owner: 'orderers', machine: '3.lab' },
    ]);
    expect(placementRules('')).toEqual([]);
  });

  it('knows organisations in lower case', () => {
    expect(placementRules('org2=m')).toEqual([{ owner: 'Org2', machine: 'm' }]);
  });

  it.each([
    'Org1',
    'Org1=',
    'Org0=m',
    'Org1=a,org1=b',
    'Org1=-m',
    'Org1=a b',
    'Org1=label:rack',
    'Org1=a,Org1=b',
  ])('rejects %s', (text) => expect(placementRules(text)).toBeUndefined());
});

describe('machines', () => {
  it('name the address of an engine each', () => {
    expect(machineAddresses('m1=ssh://me@10.0.0.1:22/run/d.sock, m2=tcp://[fd00::2]:2376')).toEqual(
      new Map([
        ['m1', 'ssh://me@10.0.0.1:22/run/d.sock'],
        ['m2', 'tcp://[fd00::2]:2376'],
      ]),
    );
  });

  it.each([
    ...['m1', 'm1=10.0.0.1', 'm1=ftp://h', 'm1=tcp://a,m1=tcp://b', '=tcp://a', 'm1=unix://'],
    ...['m1=tcp://h:99999', 'm1=tcp://h:1/x', 'm1=ssh://me:secret@h', 'm1=ssh://-oProxyCommand=x@h'],
  ])('reject %s', (text) => expect(machineAddresses(text)).toBeUndefined());
});

async function loaded(yaml: string) {
  const dir = await tempDir();
  await writeFiles(dir, { 'fabric-wizard.yaml': yaml });
  return loadConfig({ dir, flags: {} });
}

async function issues(yaml: string) {
  const error = await loaded(yaml).catch((reason: unknown) => reason);
  if (!(error instanceof WizardFailure && error.failure.kind === 'config')) throw error;
  return worded(error.failure.issues);
}

describe('a choice that only a network in a Swarm uses', () => {
  const refusal = async (flags: Readonly<Record<string, unknown>>, yaml?: string) => {
    const dir = await tempDir();
    if (yaml !== undefined) await writeFiles(dir, { 'fabric-wizard.yaml': yaml });
    const error = await loadConfig({ dir, flags, lastRun: { registry: 'r:5000' } }).catch(
      (reason: unknown) => reason,
    );
    return error instanceof WizardFailure && error.failure.kind === 'config' ? error.failure : undefined;
  };

  it('is refused as a flag without --swarm, with the command that works', async () => {
    expect(await refusal({ placement: 'Org1=label:rack=b', orgs: '1' })).toMatchObject({
      issues: [{ path: 'placement', where: '--placement', message: { key: 'issue.needs-swarm' } }],
      next: ['fabric-wizard up --yes --swarm --placement Org1=label:rack=b'],
      given: expect.arrayContaining(['--orgs 1']),
    });
    const both = await refusal({ machines: 'm1=tcp://h:1', registry: 'r:5000', swarm: false });
    expect(both?.next).toEqual(['fabric-wizard up --yes --swarm --machines m1=tcp://h:1']);
    expect(both?.given?.slice(-1)).toEqual(['--registry r:5000']);
  });

  it('can be in the file, and stay from the last run', async () => {
    expect(await refusal({ orgs: '1' }, 'placement: Org1=m1\n')).toBeUndefined();
    expect(await refusal({ placement: 'Org1=m1' }, 'swarm: true\n')).toBeUndefined();
  });
});

describe('a map in the file', () => {
  it('means what the text of the flag means', async () => {
    const { values } = await loaded(
      'placement:\n  Org1: m1\n  Org2: "label:rack=b"\nmachines: { m1: ssh://me@h, m2: tcp://h:1 }\n',
    );
    expect(values.placement).toBe('Org1=m1, Org2=label:rack=b');
    expect(values.machines).toBe('m1=ssh://me@h, m2=tcp://h:1');
  });

  it.each([
    ['placement:\n  Org1: m1\n  Org2: { label: b }\n', 'placement.Org2', '3:9', 'a map'],
    ['placement:\n  Org1: [m1, m2]\n', 'placement.Org1', '2:9', 'a list'],
    ['machines:\n  m1:\n', 'machines.m1', '2:3', 'nothing'],
    ['placement:\n  Org1: "m1,Org2=m2"\n', 'placement.Org1', '2:9', '"m1,Org2=m2"'],
  ])('of %j is rejected where its value is', async (yaml, path, where, value) => {
    const [issue, ...others] = await issues(yaml);
    expect(others).toEqual([]);
    expect(issue).toMatchObject({ path, where: `fabric-wizard.yaml:${where}` });
    expect(issue?.message).toContain(value);
    expect(issue?.fix).toContain(path.startsWith('machines') ? 'NODE=ADDRESS' : 'Org1=NODE');
  });

  it('is no value of another choice', async () => {
    expect(await issues('channel: { a: b }\n')).toMatchObject([
      { path: 'channel', message: expect.stringContaining('a map') },
    ]);
  });

  it('stays as it is when the choice stays', () => {
    const yaml = '# yaml-language-server: $schema=s\nplacement:\n  Org1: m1 # rack a\n  Org2: m2\norgs: 2\n';
    const choices = (placement: string): FileChoices =>
      new Map<keyof Awaited<ReturnType<typeof loaded>>['values'], string | number>([
        ['placement', placement],
        ['orgs', 2],
      ]) as FileChoices;
    expect(configText(yaml, choices('Org1=m1, Org2=m2'))).toBe(yaml);
    expect(configText(yaml, choices('Org1=m2'))).toContain('placement: Org1=m2\n');
  });

  it('is in the schema for editors, of these choices only', () => {
    const { properties } = configJsonSchema() as { readonly properties: Readonly<Record<string, object>> };
    const map = { type: 'object', additionalProperties: { type: 'string' } };
    for (const key of ['placement', 'machines'])
      expect(properties[key]).toMatchObject({
        anyOf: [{ type: 'string' }, map],
        description: expect.any(String),
      });
    expect(properties.channel).not.toHaveProperty('anyOf');
  });
});
