import { describe, expect, it } from 'vitest';
import { issueOf, issuesOf, withAnswer } from '../../../../src/pipeline/config/answer-checks.ts';
import {
  type Answers,
  answeredChoices,
  answersOf,
  choicesForFile,
  defaultAnswers,
  nonDefaultChoices,
  originOf,
  textOf,
  valuesOf,
} from '../../../../src/pipeline/config/answers.ts';
import { loadAnswers, loadConfig, rememberedChoices } from '../../../../src/pipeline/config/config.ts';
import type { ChoiceField } from '../../../../src/pipeline/config/config-choices.ts';
import { worded } from '../../../support/english.ts';
import { tempDir, writeFiles } from '../../../support/temp-dir.ts';

async function found(input: {
  yaml?: string;
  flags?: Record<string, unknown>;
  lastRun?: Record<string, unknown>;
}): Promise<Answers> {
  const dir = await tempDir();
  if (input.yaml !== undefined) await writeFiles(dir, { 'fabric-wizard.yaml': input.yaml });
  return answersOf(await loadConfig({ dir, flags: input.flags ?? {}, lastRun: input.lastRun }));
}

/** As keys come: a letter at a time. */
function type(answers: Answers, field: ChoiceField, text: string): Answers {
  return [...text].reduce((now, _, i) => withAnswer(now, field, text.slice(0, i + 1)), answers);
}

describe('where an answer is from', () => {
  it('knows the origin of each field', async () => {
    const answers = await found({ yaml: 'orgs: 3\n', flags: { peers: '1' }, lastRun: { channel: 'c' } });
    const typed = type(answers, 'dockerNs', 'acme');
    const fields = ['orgs', 'peers', 'channel', 'dockerNs', 'tls'] as const;
    expect(fields.map((field) => [textOf(typed, field), originOf(typed, field)])).toEqual([
      ['3', 'file'],
      ['1', 'flag'],
      ['c', 'last-run'],
      ['acme', 'typed'],
      ['', 'default'],
    ]);
  });

  it('is as before once the old text is typed again, and the default once nothing stands there', async () => {
    const answers = await found({ yaml: 'orgs: 3\n' });
    expect(originOf(type(answers, 'orgs', '4'), 'orgs')).toBe('typed');
    expect(originOf(withAnswer(type(answers, 'orgs', '4'), 'orgs', '3'), 'orgs')).toBe('file');
    expect(originOf(withAnswer(answers, 'orgs', ' '), 'orgs')).toBe('default');
  });
});

describe('a number and a list that say the same', () => {
  it.each([
    ['orgs', '1', 'organisations: [Acme, Globex, Wayne]\n', { orgs: 1, organisations: '' }],
    ['organisations', 'Acme', 'orgs: 3\n', { orgs: 1, organisations: 'Acme' }],
    ['channel', 'other', 'channels: [trade, audit]\n', { channel: 'other', channels: '' }],
  ] as const)('%s is kept, and the other one not, if it is typed', async (field, text, yaml, values) => {
    const choices = answeredChoices(type(await found({ yaml }), field, text), {});
    expect([...choicesForFile(choices).keys()]).toEqual([field]);
    expect((await loadAnswers(await tempDir(), choices)).values).toMatchObject(values);
  });
});

describe('what is wrong while it is typed', () => {
  it('is the sentence that the flag would be refused with', async () => {
    const answers = type(await found({}), 'dockerNs', 'Acme');
    expect(worded(issueOf(answers, 'dockerNs'))).toMatchObject({
      cause: 'value',
      issue: { path: 'docker-ns', message: '"Acme" is not a valid namespace of an image reference' },
    });
    expect(issueOf(withAnswer(answers, 'dockerNs', ' acme '), 'dockerNs')).toBeUndefined();
  });

  it.each([
    ['fabricVersion', '1.4 12'],
    ['orgs', '0'],
    ['orgs', 'two'],
    ['channel', 'My'],
    ['portBase', '80'],
    ['builderImage', 'a b'],
    ['project', '-x'],
  ] as const)('%s does not take %j', async (field, text) => {
    expect(issueOf(withAnswer(await found({}), field, text), field)).toBeDefined();
  });

  it('may come from other fields', async () => {
    const many = type(type(await found({}), 'orgs', '7'), 'peers', '9');
    const high = type(many, 'portBase', '65000');
    expect(Object.keys(issuesOf(high))).toEqual(['portBase']);
    expect(issueOf(high, 'portBase')).toMatchObject({ cause: 'ports' });
    expect(worded(issueOf(high, 'portBase'))?.issue.message).toContain('need ports up to 65629');
    const tooMany = type(many, 'peers', '10');
    expect(Object.keys(issuesOf(tooMany))).toEqual(['peers']);
    expect(worded(issueOf(tooMany, 'peers'))?.issue.message).toContain('70 peers');
  });

  it('leaves the last good value standing', async () => {
    const answers = await found({ yaml: 'docker-ns: acme\n' });
    const broken = type(withAnswer(answers, 'dockerNs', 'acme-2'), 'dockerNs', 'Acme');
    // `A` was bad from the first letter on.
    expect(valuesOf(broken).dockerNs).toBe('acme-2');
    expect(valuesOf(withAnswer(answers, 'dockerNs', '$')).dockerNs).toBe('acme');
    expect(valuesOf(withAnswer(broken, 'dockerNs', '')).dockerNs).toBeUndefined();
  });
});

describe('what comes of it', () => {
  it('is what differs from the defaults, those of the source too', async () => {
    const answers = [
      ['orgs', '2'],
      ['peers', '1'],
      ['fabricVersion', '1.4.12'],
      ['dockerNs', 'acme'],
      ['tls', 'false'],
    ].reduce((now, [field, text]) => withAnswer(now, field as ChoiceField, text ?? ''), await found({}));
    const given = answeredChoices(answers, { fabricVersion: '1.4.12', dockerNs: 'hyperledger' });
    expect(Object.fromEntries(choicesForFile(given))).toEqual({ dockerNs: 'acme', peers: 1, tls: false });
  });

  it('is a configuration; the file keeps what was typed, and the journal what it kept before', async () => {
    const dir = await tempDir();
    const answers = type(
      await found({ yaml: 'channel: c\n', flags: { jobs: '1', orgs: '3' }, lastRun: { project: 'p' } }),
      'peers',
      '1',
    );
    const given = answeredChoices(answers, {});
    expect(Object.fromEntries(choicesForFile(given))).toEqual({ channel: 'c', peers: 1 });
    const config = await loadAnswers(dir, given);
    expect(config.values).toMatchObject({ channel: 'c', jobs: 1, orgs: 3, project: 'p', peers: 1 });
    expect(rememberedChoices(config)).toEqual({ orgs: 3, project: 'p' });
  });

  it('leaves in the file what its owner wrote, though it is the default by now', async () => {
    const answers = await found({ yaml: 'fabric-version: 1.4.12\norgs: 2\n', flags: { peers: '2' } });
    const defaults = { fabricVersion: '1.4.12' };
    const given = answeredChoices(answers, defaults);
    expect(Object.fromEntries(choicesForFile(given))).toEqual({ fabricVersion: '1.4.12', orgs: 2 });
    expect(nonDefaultChoices(given, defaults).size).toBe(0);
    const typed = withAnswer(withAnswer(answers, 'orgs', '3'), 'orgs', '');
    expect(Object.fromEntries(choicesForFile(answeredChoices(typed, defaults)))).toEqual({
      fabricVersion: '1.4.12',
    });
  });

  it('forgets what was cleared', async () => {
    const answers = await found({ yaml: 'orgs: 3\n', flags: { channel: 'c' }, lastRun: { project: 'p' } });
    const config = await loadAnswers(await tempDir(), answeredChoices(defaultAnswers(answers), {}));
    expect(config.values).toMatchObject({ orgs: 2, channel: 'mychannel' });
    expect([config.values.project, rememberedChoices(config)]).toEqual([undefined, {}]);
  });

  it('is refused where a path leads nowhere', async () => {
    const given = answeredChoices(withAnswer(await found({}), 'chaincode', 'nowhere'), {});
    await expect(loadAnswers(await tempDir(), given)).rejects.toMatchObject({
      failure: { kind: 'config', issues: [{ path: 'chaincode', where: 'chaincode' }] },
    });
  });
});
