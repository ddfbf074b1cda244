import { lstat, readdir, readFile, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../../../src/pipeline/config/config.ts';
import {
  configText,
  type FileChoices,
  removeSchemaLine,
  saveChoices,
} from '../../../../src/pipeline/config/config-file.ts';
import { WizardFailure } from '../../../../src/pipeline/core/failure.ts';
import { tempDir, writeFiles } from '../../../support/temp-dir.ts';

function choices(values: Record<string, string | number | boolean>): FileChoices {
  return new Map(Object.entries(values)) as FileChoices;
}

const SCHEMA = '# yaml-language-server: $schema=.fabric-wizard/schema.json\n';

describe('configText', () => {
  it('begins a file with the schema for editors, and describes each key', () => {
    const text = configText(undefined, choices({ source: 'sample', orgs: 3, fabricVersion: '1.4' }));
    expect(text.split('\n')[0]).toBe(SCHEMA.trimEnd());
    expect(text).toContain('\n# number of organisations with peers (default: 2)\norgs: 3\n');
    // Unquoted it would be a number.
    expect(text).toContain('\nfabric-version: "1.4"\n');
  });

  it('leaves every byte alone that is not a value which changes', () => {
    const before = [
      '# Our network.   Ask Ann first.',
      '',
      'orgs:   2      # one more in spring',
      "docker-ns: 'acme'",
      '',
      '   ',
      'channel: "trade"   # the old name',
      '# the end',
      '',
    ].join('\n');
    const same = choices({ orgs: 2, dockerNs: 'acme', channel: 'trade' });
    expect(configText(before, same)).toBe(SCHEMA + before);
    const text = configText(before, choices({ orgs: 3, dockerNs: 'acme', channel: 'trade', peers: 1 }));
    expect(text).toBe(
      `${SCHEMA}${before.replace('orgs:   2', 'orgs:   3')}\n# number of peers per organisation (default: 2)\npeers: 1\n`,
    );
  });

  it('takes back what it wrote, comment and all', () => {
    const small = configText(undefined, choices({ orgs: 3 }));
    const large = configText(small, choices({ orgs: 3, peers: 1, tls: false }));
    expect(configText(large, choices({ orgs: 3 }))).toBe(small);
    expect(configText(small, choices({}))).toBe(configText(undefined, choices({})));
  });

  it('keeps what an owner wrote beside a key that goes', () => {
    const text = configText(
      `${SCHEMA}# for the demo\norgs: 3 # until May\npeers: 1\n`,
      choices({ peers: 1 }),
    );
    expect(text).toBe(`${SCHEMA}# for the demo\n# orgs: 3 # until May\npeers: 1\n`);
  });

  it('keeps the schema line that is there', () => {
    const own = '# yaml-language-server: $schema=../schema.json\norgs: 3\n';
    expect(configText(own, choices({ orgs: 3 }))).toBe(own);
  });

  it('writes to a file with Windows line ends as it is', () => {
    const text = configText('orgs: 3\r\n', choices({ orgs: 4, peers: 1 }));
    expect(text.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
    expect(text).toContain('orgs: 4\r\n');
  });

  it.each([
    '',
    '# nothing yet\n',
    '---\n',
    '{}\n',
    '{orgs: 2, peers: 3}\n',
    'orgs: 2',
    'orgs: &n 2\npeers: *n\n',
    '%YAML 1.2\n---\norgs: 2\n',
    'orgs: 2\n...\n',
    'docker-ns: >-\n  acme\norgs: 2\n',
    '"orgs": 2\n',
    'orgs:\n  2\n',
  ])('gives %j the choices that it is told and no other', async (before) => {
    const dir = await tempDir();
    await writeFiles(dir, { 'fabric-wizard.yaml': configText(before, choices({ orgs: 4, tls: false })) });
    const { values, origin } = await loadConfig({ dir, flags: {} });
    const fromFile = Object.entries(origin).filter(([, from]) => from === 'file');
    expect(fromFile.map(([field]) => field).sort()).toEqual(['orgs', 'tls']);
    expect(values).toMatchObject({ orgs: 4, tls: false });
  });

  it('writes nothing over a file that has become something else', () => {
    for (const before of ['- a\n', 'orgs: [\n', 'words\n'])
      expect(() => configText(before, choices({ orgs: 3 }))).toThrow(WizardFailure);
  });
});

describe('saveChoices', () => {
  it('writes the file and its schema, whole, and nothing when nothing changes', async () => {
    const dir = await tempDir();
    expect(await saveChoices(dir, choices({ orgs: 3 }))).toBe(true);
    expect((await readdir(dir)).sort()).toEqual(['.fabric-wizard', 'fabric-wizard.yaml']);
    const schema: unknown = JSON.parse(await readFile(join(dir, '.fabric-wizard/schema.json'), 'utf8'));
    expect(schema).toMatchObject({ properties: { orgs: { type: 'integer' } } });
    expect((await loadConfig({ dir, flags: {} })).values.orgs).toBe(3);

    const { ino } = await lstat(join(dir, 'fabric-wizard.yaml'));
    expect(await saveChoices(dir, choices({ orgs: 3 }))).toBe(false);
    expect((await lstat(join(dir, 'fabric-wizard.yaml'))).ino).toBe(ino);
  });

  it('writes through a link', async () => {
    const dir = await tempDir();
    await writeFiles(dir, { 'shared/wizard.yaml': 'orgs: 2\n' });
    await symlink('shared/wizard.yaml', join(dir, 'fabric-wizard.yaml'));
    await saveChoices(dir, choices({ orgs: 3 }));
    expect((await lstat(join(dir, 'fabric-wizard.yaml'))).isSymbolicLink()).toBe(true);
    expect(await readFile(join(dir, 'shared/wizard.yaml'), 'utf8')).toContain('orgs: 3\n');
  });

  it('creates nothing when there is nothing to save', async () => {
    const dir = await tempDir();
    expect(await saveChoices(dir, choices({}))).toBe(false);
    expect(await readdir(dir)).toEqual([]);
  });
});

describe('removeSchemaLine', () => {
  it.each([
    [`${SCHEMA}orgs: 3\n`, 'orgs: 3\n'],
    [`${SCHEMA.trimEnd()}\r\norgs: 3\r\n`, 'orgs: 3\r\n'],
    ['# yaml-language-server: $schema=../schema.json\norgs: 3\n', undefined],
    [`orgs: 3\n${SCHEMA}`, undefined],
  ])('takes %j', async (before, after = before) => {
    const dir = await tempDir();
    await writeFiles(dir, { 'fabric-wizard.yaml': before });
    await removeSchemaLine(dir);
    expect(await readFile(join(dir, 'fabric-wizard.yaml'), 'utf8')).toBe(after);
  });

  it('needs no file', async () => {
    const dir = await tempDir();
    await removeSchemaLine(dir);
    expect(await readdir(dir)).toEqual([]);
  });
});
