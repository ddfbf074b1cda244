/** Organisations and channels with names and members of their own, as flags and in the file. */
import { describe, expect, it } from 'vitest';
import type { AnswerValue } from '../../../../src/pipeline/config/answers.ts';
import { channelsOf } from '../../../../src/pipeline/config/channel-list.ts';
import { loadConfig } from '../../../../src/pipeline/config/config.ts';
import type { ChoiceField } from '../../../../src/pipeline/config/config-choices.ts';
import { configText, type FileChoices } from '../../../../src/pipeline/config/config-file.ts';
import { entriesOf, entriesText } from '../../../../src/pipeline/config/entries.ts';
import { organisationsOf } from '../../../../src/pipeline/config/organisations.ts';
import { WizardFailure } from '../../../../src/pipeline/core/failure.ts';
import { worded } from '../../../support/english.ts';
import { tempDir, writeFiles } from '../../../support/temp-dir.ts';

async function loaded(yaml: string, flags: Readonly<Record<string, unknown>> = {}) {
  const dir = await tempDir();
  await writeFiles(dir, { 'fabric-wizard.yaml': yaml });
  return (await loadConfig({ dir, flags })).values;
}

/** What is wrong, each as `PLACE: PATH MESSAGE`. */
async function issues(yaml: string, flags: Readonly<Record<string, unknown>> = {}): Promise<string[]> {
  const error = await loaded(yaml, flags).catch((reason: unknown) => reason);
  if (!(error instanceof WizardFailure) || error.failure.kind !== 'config') return [];
  return error.failure.issues.map(
    ({ path, message, where }) => `${worded(where)}: ${path} ${worded(message)}`,
  );
}

const ORG_FILE = `organisations:
  - name: Acme
    domain: acme.com
    msp: AcmeLLC
    peers: 3
    orderers: 1
  - Globex
`;

describe('a list of entries', () => {
  it.each([
    'Acme peers=2 domain=acme.com, Globex',
    'trade, audit organisations=A+B policies.Readers="ANY Readers"',
    `a policies.Admins="OR('A.admin', 'B.admin')", b`,
  ])('is the same text again: %s', (text) => {
    expect(entriesText(entriesOf(text) ?? [])).toBe(text);
  });

  it.each(['Acme,', ', Acme', 'Acme peers', 'Acme =2', 'a b="c', 'a=b', 'a b=1 b=2'])('rejects %j', (text) =>
    expect(entriesOf(text)).toBeUndefined(),
  );

  it('is split at once, however long a wrong text is', () => {
    expect(entriesOf(`${'a'.repeat(200_000)}"`)).toBeUndefined();
  });
});

describe('organisations', () => {
  it('are a list in the file, with defaults that follow from the name', async () => {
    const values = await loaded(ORG_FILE);
    expect(organisationsOf(values)).toEqual([
      { name: 'Acme', domain: 'acme.com', mspId: 'AcmeLLC', peers: 3, orderers: 1 },
      { name: 'Globex', domain: 'globex.example.com', mspId: 'GlobexMSP', peers: 2, orderers: 0 },
    ]);
    expect(values).toMatchObject({ orgs: 2, orderers: 1 });
  });

  it('are Org1, Org2 … without a list', async () => {
    expect(organisationsOf(await loaded('orgs: 3\npeers: 1')).map(({ mspId }) => mspId)).toEqual([
      'Org1MSP',
      'Org2MSP',
      'Org3MSP',
    ]);
  });

  it('are replaced by a flag of the number, and not by one in the same file', async () => {
    expect(await loaded(ORG_FILE, { orgs: 1 })).toMatchObject({ orgs: 1, organisations: '' });
    expect(await issues(`${ORG_FILE}orgs: 2\n`)).toEqual([
      'fabric-wizard.yaml:8:7: orgs and organisations are both given, and say the same in two ways',
    ]);
  });

  it.each([
    ['- name: acme\n- name: Acme', ':3:9: organisations[1].name'],
    ['- name: A\n- {name: B, domain: a.example.com}', ':3:21: organisations[1].domain'],
    ['- name: A\n- {name: B, msp: aMSP}', ':3:18: organisations[1].msp'],
    ['- name: orderers', ':2:9: organisations[0].name'],
    ['- name: A\n  domain: Acme.com', ':3:11: organisations[0].domain'],
    [`- name: A\n  domain: ${'a'.repeat(56)}`, ':3:11: organisations[0].domain'],
    ['- name: A\n  msp: A/B', ':3:8: organisations[0].msp'],
    ['- name: A\n  peers: 65', ':3:10: organisations[0].peers'],
    ['- name: A\n  peers: 0', ':3:10: organisations[0].peers'],
    ['- name: A\n  peers: 0\n  orderers: 1', ':3:10: organisations[0].peers'],
    ['- name: A\n  msp: OrdererMSP', ':3:8: organisations[0].msp'],
    ['- name: A\n  pers: 2', ':3:9: organisations[0].pers'],
    ['- peers: 2', ':2:3: organisations[0].name'],
    ['- name: A\n  peers: {a: 1}', ':3:14: organisations[0].peers'],
    ['- [a]', ':2:3: organisations[0] '],
  ])('in the file: %j is refused where it is', async (list, start) => {
    const [first = '', ...others] = await issues(`organisations:\n${list}\n`);
    expect([first.slice('fabric-wizard.yaml'.length, start.length + 18), others]).toEqual([start, []]);
  });

  it('make a number of orderers of their own', async () => {
    expect(await issues(`${ORG_FILE}orderers: 3\n`)).toEqual([
      'fabric-wizard.yaml:8:11: orderers does not count, because the organisations have 1 orderer of their own',
    ]);
  });

  it('cannot have more peers than a network', async () => {
    const [issue] = await issues('', { organisations: 'A peers=40, B peers=40' });
    expect(issue).toContain('organisations 80 peers in 2 organisations are too many');
  });
});

describe('channels', () => {
  const CHANNEL_FILE = `${ORG_FILE}channels:
  - trade
  - name: audit
    organisations: [acme]
    peers: [peer0.acme, peer2.acme.com]
    capability: V1_4_2
    policies:
      Endorsement: OR('AcmeLLC.peer')
`;

  it('are a list in the file', async () => {
    const values = await loaded(CHANNEL_FILE);
    expect(values.channel).toBe('trade,audit');
    expect(channelsOf(values)).toEqual([
      { name: 'trade' },
      {
        name: 'audit',
        organisations: ['acme'],
        peers: ['peer0.acme', 'peer2.acme.com'],
        policies: { Endorsement: "OR('AcmeLLC.peer')" },
        capability: 'V1_4_2',
      },
    ]);
  });

  it('are replaced by a flag with names', async () => {
    expect(channelsOf(await loaded(CHANNEL_FILE, { channel: 'other' }))).toEqual([{ name: 'other' }]);
  });

  it.each([
    [
      'a organisations=Nobody',
      'a: Nobody is not an organisation with peers; those with peers are Acme, Globex',
    ],
    ['a peers=peer3.acme.com', 'a: peer3.acme.com is not a peer of a member'],
    ['a organisations=Globex peers=peer0.acme.com', 'a: peer0.acme.com is not a peer of a member'],
    ['a peers=peer0.acme.com', 'a: no peer of Globex joins the channel'],
    ['a policies.Endorsment="ANY Readers"', 'is not one of the policies'],
    ['a policies.Readers="OR(\'A\')"', 'is neither a rule'],
    ['a capability=1.4', 'is not a capability'],
    ['a organisations=Acme+Acme', 'is not a list of names, each once'],
    ['a, a', 'repeats a channel name'],
    ['A', 'is not a valid channel name'],
  ])('%s is refused', async (channels, message) => {
    const [first = '', ...others] = await issues(ORG_FILE, { channels });
    expect(first).toContain(message);
    expect(others).toEqual([]);
  });
});

describe('fabric-wizard.yaml', () => {
  const textWith = (before: string, choices: readonly (readonly [ChoiceField, AnswerValue])[]) =>
    configText(before, new Map(choices) as FileChoices);

  it('keeps a list that does not change, and replaces one that does', () => {
    const kept = textWith(ORG_FILE, [
      ['organisations', 'Acme domain=acme.com msp=AcmeLLC peers=3 orderers=1, Globex'],
      ['tls', false],
    ]);
    expect(kept).toContain(ORG_FILE);
    const changed = textWith(`${ORG_FILE}tls: true\n`, [
      ['organisations', 'A peers=1'],
      ['tls', true],
    ]);
    expect(changed).toMatch(/^organisations: A peers=1\ntls: true$/m);
  });
});
