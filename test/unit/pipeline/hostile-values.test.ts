/** Whatever a flag, a file or a checkout contains: it is refused, or it arrives unchanged where it is used. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { choiceIssue } from '../../../src/pipeline/config/choice-checks.ts';
import {
  buildSettings,
  flagOf,
  imageOverrides,
  loadConfig,
  rememberedFlags,
} from '../../../src/pipeline/config/config.ts';
import {
  CHOICE_FIELDS,
  CHOICES,
  type ChoiceField,
  keyOf,
} from '../../../src/pipeline/config/config-choices.ts';
import { WizardFailure } from '../../../src/pipeline/core/failure.ts';
import { shellLine, shellQuoted, shellWord } from '../../../src/pipeline/core/shell-text.ts';
import { helpFor } from '../../../src/pipeline/diagnosis/failure-help.ts';
import { packTar, unpackTar } from '../../../src/pipeline/engine/tar-context.ts';
import { chaincodeProblem } from '../../../src/pipeline/fabric/chaincode-check.ts';
import { readChaincodeFolder } from '../../../src/pipeline/fabric/chaincode-folder.ts';
import { ldflags } from '../../../src/pipeline/fabric/ldflags.ts';
import { releaseOf } from '../../../src/pipeline/fabric/release.ts';
import { readSourceTree } from '../../../src/pipeline/fabric/source-tree.ts';
import { docker, dockerExec, dockerRun } from '../../../src/pipeline/host/docker-command.ts';
import { folderFiles } from '../../../src/pipeline/host/folder-files.ts';
import { dockerfileOf, ourDockerfile } from '../../../src/pipeline/images/dockerfiles.ts';
import { configtxYaml } from '../../../src/pipeline/network/configtx.ts';
import { composeYaml, cryptoConfigYaml } from '../../../src/pipeline/network/network-files.ts';
import { firstPeer, networkSpec } from '../../../src/pipeline/network/network-spec.ts';
import { commitAll } from '../../support/fabric-shape.ts';
import { hostileNames, hostileStrings } from '../../support/hostile.ts';
import { tempDir, writeFiles } from '../../support/temp-dir.ts';
import { SAMPLE } from '../../support/wizard.ts';

const STRINGS = hostileStrings(160);

/** The words of each line, as a shell reads them that knows only these commands. A program for each would start a process a line. */
async function wordsOf(lines: readonly string[], programs: readonly string[]): Promise<string[][]> {
  // A function may not have a hyphen in its name, an alias may.
  const known = programs.flatMap((program, index) => [
    `say${index}() { printf '%s\\0' ${program} "$@"; printf '\\1'; }`,
    `alias ${program}=say${index}`,
  ]);
  const { stdout } = await execa('/bin/sh', [], {
    input: `${[...known, ...lines].join('\n')}\n`,
    env: { PATH: await tempDir() },
    extendEnv: false,
    stripFinalNewline: false,
  });
  return stdout
    .split('\u0001')
    .slice(0, -1)
    .map((call) => call.split('\0').slice(0, -1));
}

describe('a shell reads back', () => {
  test('every quoted word', async () => {
    const lines = STRINGS.flatMap((text) => [`got ${shellWord(text)}`, `got ${shellQuoted(text)}`]);
    const words = await wordsOf(lines, ['got']);
    expect(words).toEqual(
      STRINGS.flatMap((text) => [
        ['got', text],
        ['got', text],
      ]),
    );
  });

  test('the commands that are shown', async () => {
    const calls = STRINGS.flatMap((text, i) => {
      const other = STRINGS[(i + 7) % STRINGS.length] ?? '';
      const run = { image: 'i', binds: [`${text}:/x:ro`], env: { A: other }, workdir: other };
      return [
        { line: docker('tag', text, other), words: ['docker', 'tag', text, other] },
        {
          line: dockerExec('c', ['peer', text], { A: other }),
          words: ['docker', 'exec', '-e', `A=${other}`, 'c', 'peer', text],
        },
        {
          line: dockerRun(run, [text]),
          words: ['docker', 'run', '--rm', '-v', `${text}:/x:ro`, '-w', other, '-e', `A=${other}`, 'i', text],
        },
        {
          line: `fabric-wizard ${flagOf({ key: 'source', value: text })}`,
          words: ['fabric-wizard', '--source', text],
        },
        { line: shellLine(['peer', text, other]), words: ['peer', text, other] },
      ];
    });
    const words = await wordsOf(
      calls.map(({ line }) => line),
      ['docker', 'fabric-wizard', 'peer'],
    );
    expect(words).toEqual(calls.map((call) => call.words));
  });

  test('the commands after a refusal', async () => {
    const paths = STRINGS.map((text) => `/x/${text}`);
    const failures = paths.flatMap((path) => [
      { kind: 'source', path, problem: 'leads-out', detail: '', looked: [] } as const,
      { kind: 'source', path, problem: 'incomplete', detail: '', looked: [] } as const,
    ]);
    const lines = failures.flatMap((failure) => helpFor(failure).next.map(String));
    const words = await wordsOf(lines, ['find', 'git', 'fabric-wizard']);
    const seen = new Set(words.flat());
    expect(paths.filter((path) => !seen.has(path))).toEqual([]);
    expect(words).toHaveLength(lines.length);
  });

  test('the flags of the last run', async () => {
    const dir = await tempDir();
    const source = `/x/it's "a" $HOME; #path`;
    const config = await loadConfig({ dir, flags: {}, lastRun: { source, channel: 'trade' } });
    const words = await wordsOf([`fabric-wizard ${rememberedFlags(config)}`], ['fabric-wizard']);
    expect(words).toEqual([['fabric-wizard', '--source', source, '--channel', 'trade']]);
  });
});

/** Choices that are texts and no paths. */
const TEXTS = CHOICE_FIELDS.filter((field) => CHOICES[field].type === 'text' && !('path' in CHOICES[field]));

describe('a value of a flag or of fabric-wizard.yaml', () => {
  test('is refused unless its grammar allows it, with a message and a correction', async () => {
    const dir = await tempDir();
    for (const field of TEXTS) {
      const refused = STRINGS.filter((text) => choiceIssue(field, text, '') !== undefined);
      // A few short ones are valid names.
      expect(refused.length, field).toBeGreaterThan(STRINGS.length / 2);
      const worst = `x$(id)\n"'; ${field}`;
      await writeFile(join(dir, 'fabric-wizard.yaml'), `${keyOf(field)}: ${JSON.stringify(worst)}\n`);
      const error = await loadConfig({ dir, flags: {} }).catch((reason: unknown) => reason);
      if (!(error instanceof WizardFailure) || error.failure.kind !== 'config') throw new Error(field);
      expect(error.failure.issues[0]).toMatchObject({ path: keyOf(field), fix: expect.anything() });
    }
  });

  /** A valid value near to the grammar's borders, for each field that reaches files. */
  const EDGES: Partial<Record<ChoiceField, readonly string[]>> = {
    project: ['a_b-c9', '0', '1e3', 'null', 'yes', '0x1f'],
    channel: ['null', 'yes', 'a.-', 'true,off'],
    dockerNs: ['1.10', 'null', 'registry.example:5000/a__b/c-d'],
    baseDockerNs: ['0', '[::1]:5000/x'],
    fabricVersion: ['1.10', '_x', '1.4.12-a_b.c'],
    dockerLabel: ['a.b-c_d', '1.5'],
    commitSha: ['1e9', '0123'],
    goTags: ['a,b c', ''],
  };
  const valid = TEXTS.flatMap((field) => {
    const texts = [...(EDGES[field] ?? []), ...STRINGS].filter(
      (text) => choiceIssue(field, text, '') === undefined,
    );
    return texts.slice(0, 12).map((text) => [field, text] as const);
  });

  test.each(valid)('%s %j arrives in every file as it is', async (field, text) => {
    const release = releaseOf('1.4.12');
    if (!release) throw new Error('no release');
    const { values } = await loadConfig({ dir: await tempDir(), flags: { swarm: true, [field]: text } });
    expect(values[field]).toBe(text);
    const source = {
      release,
      version: '1.4.12',
      baseVersion: '0.4.22',
      goVersion: '1.14',
      practice: false,
      tree: { commit: 'c' },
    };
    const settings = buildSettings(values, source, 'amd64');
    const spec = networkSpec(values, release, values.project ?? 'p');
    const peerEnv = imageOverrides(values);
    const file = parse(
      composeYaml({
        spec,
        release,
        images: { peer: `${settings.dockerNs}/fabric-peer:${settings.version}`, orderer: 'o', tools: 't' },
        instance: 'i',
        uses: [],
        socketOn: () => '/s',
        peerEnv,
      }),
    );
    const peer = file.services[firstPeer(spec).name];
    expect(peer.image).toBe(`${settings.dockerNs}/fabric-peer:${settings.version}`);
    expect(peer.labels['io.fabric-wizard.project']).toBe(spec.project);
    expect(peer.environment).toMatchObject(peerEnv);
    expect(Object.keys(file.networks)).toEqual([spec.network]);
    for (const yaml of [cryptoConfigYaml(spec, release), configtxYaml(spec, release, 'crypto')])
      expect(parseAllDocuments(yaml).flatMap(({ errors }) => errors)).toEqual([]);
    const { text: dockerfile } = await dockerfileOf('tools', '/nowhere', settings, false);
    const label = `LABEL ${settings.dockerLabel}.version=${settings.version} ${settings.dockerLabel}.base.version=`;
    expect(dockerfile.split('\n').filter((line) => line.startsWith(label))).toHaveLength(1);
    const instructions = (each: string) => each.split('\n').filter((line) => /^[A-Z]+ /.test(line)).length;
    const plain = buildSettings(
      (await loadConfig({ dir: await tempDir(), flags: {} })).values,
      source,
      'amd64',
    );
    expect(instructions(ourDockerfile('peer', settings))).toBe(instructions(ourDockerfile('peer', plain)));
    // Go splits these at blanks and quotes.
    for (const flag of ldflags(settings)) expect(flag).not.toMatch(/[\s"'`$\\;&|]/);
  });

  test('the path of the socket and names of images reach compose unchanged, in spite of their variables', async () => {
    const release = releaseOf('2.5.12');
    if (!release) throw new Error('no release');
    const { values } = await loadConfig({ dir: await tempDir(), flags: { orgs: '1', peers: '1' } });
    const images = { peer: 'p', orderer: 'o', tools: 't' };
    for (const text of STRINGS) {
      const socket = `/run/${text}/docker.sock`;
      const yaml = composeYaml({
        spec: networkSpec(values, release, 'p'),
        release,
        images,
        instance: 'i',
        uses: [text],
        socketOn: () => socket,
        peerEnv: {},
      });
      const { volumes, labels } = parse(yaml).services['peer0.org1.example.com'];
      const bind = volumes.find(({ type }: { type?: string }) => type === 'bind');
      expect(JSON.parse(labels['io.fabric-wizard.uses'].replaceAll('$$', '$'))).toEqual([text]);
      // Compose then replaces `$$` by `$`; any other `$` would begin a variable.
      expect(bind.source.replaceAll('$$', '')).not.toContain('$');
      expect(bind.source.replaceAll('$$', '$')).toBe(socket);
    }
  });
});

describe('names of files', () => {
  const names = hostileNames(120);

  test('in a checkout are read from git, packed and unpacked as they are', async () => {
    const dir = await tempDir();
    await writeFiles(dir, Object.fromEntries(names.map((name) => [`sampleconfig/${name}x`, name])));
    await commitAll(dir);
    const paths = names.map((name) => `sampleconfig/${name}x`).sort();
    const tree = await readSourceTree(dir);
    expect([...tree.files.keys()].sort()).toEqual(paths);
    const entries = paths.map((path) => ({ name: path, content: { file: join(dir, path) } }));
    const unpacked = await unpackTar(packTar(entries));
    expect(unpacked.map(({ name }) => name).sort()).toEqual(paths);
  });

  test('in a chaincode are packed as they are, and its folder is quoted in commands', async () => {
    const release = releaseOf('1.4.12');
    if (!release) throw new Error('no release');
    const tree = await readSourceTree(SAMPLE);
    const outer = await tempDir();
    const calls: { line: string; dir: string }[] = [];
    for (const name of names) {
      const dir = join(outer, name);
      await writeFiles(dir, { [`${name}.txt`]: name, 'cc.go': 'package other\n' });
      expect((await folderFiles(dir, () => false)).files.map(({ path }) => path).sort()).toEqual(
        [`${name}.txt`, 'cc.go'].sort(),
      );
      const problem = chaincodeProblem(await readChaincodeFolder(dir), {
        release,
        tree,
        arch: 'amd64',
        minor: undefined,
      });
      calls.push({ line: problem?.next[0] ?? '', dir });
    }
    const words = await wordsOf(
      calls.map(({ line }) => line),
      ['fabric-wizard'],
    );
    expect(words).toEqual(calls.map(({ dir }) => ['fabric-wizard', 'up', '--yes', '--chaincode', dir]));
  });
});
