/** PURE: the commands that help against a failure, and the exit code of the process. */

import type { SymptomId } from '../core/diagnosis-types.ts';
import {
  type EngineOrigin,
  isSsh,
  sharesHost,
  socketElsewhere,
  sshTarget,
  sshWords,
  toDefaultEngine,
} from '../core/engine-origin.ts';
import { type Diagnosis, EXIT, type LogTail, type StageFailure } from '../core/failure.ts';
import type { Text } from '../core/phrase.ts';
import { shellLine, shellWord } from '../core/shell-text.ts';
import { unreachable } from '../core/unreachable.ts';
import { DEFAULT_TAG } from '../fabric/default-release.ts';
import { docker } from '../host/docker-command.ts';
import { installCommand } from '../host/install-command.ts';
import { NEW_LEDGERS, NEW_NETWORK, remediesFor, SMOKE } from './remedies.ts';

export interface Help {
  /** Commands to type, the most likely to help first. */
  readonly next: readonly Text[];
  /** The process's exit code. */
  readonly exitCode: number;
}

type Of<K extends StageFailure['kind']> = Extract<StageFailure, { kind: K }>;

const DOCTOR = 'fabric-wizard doctor';
const RESUME = 'fabric-wizard up --yes';
const SAMPLE = 'fabric-wizard up --yes --source sample';
const OWN_DOCKERFILES = 'fabric-wizard up --yes --dockerfiles own';
const FROM_DEBIAN = 'fabric-wizard up --yes --base debian';

const { stageFailed, usage, preflight } = EXIT;

function source({ path, problem, looked }: Of<'source'>): Help {
  switch (problem) {
    case 'absent':
    case 'not-fabric':
      return { next: ['fabric-wizard up --source PATH', SAMPLE], exitCode: usage };
    case 'incomplete': {
      const git = `git -C ${shellWord(path)}`;
      // Only what is missing: the other files may contain changes.
      const missing = looked.filter(({ found }) => !found).map((item) => shellWord(item.path));
      const restore = missing.length > 0 ? [`${git} checkout -- ${missing.join(' ')}`] : [];
      return { next: [`${git} status --short`, ...restore], exitCode: usage };
    }
    case 'unknown-release':
      return {
        next: ['fabric-wizard up --fabric-version VERSION', 'npx fabric-wizard@latest up'],
        exitCode: usage,
      };
    case 'leads-out':
      return {
        next: [`find ${shellWord(path)} -type l -not -path '*/.git/*' -ls`, 'fabric-wizard up --source PATH'],
        exitCode: usage,
      };
    case 'unknown-tag':
      return {
        next: [`fabric-wizard up --source ${DEFAULT_TAG}`, 'fabric-wizard up --source PATH'],
        exitCode: usage,
      };
    case 'clone-failed':
      return { next: ['fabric-wizard up --source PATH', SAMPLE], exitCode: preflight };
    default:
      return unreachable(problem);
  }
}

/** Every command reads the file, also `config`; the schema can be shown without it. */
function configHelp({ issues }: Of<'config'>): string {
  const isInFile = issues.some(
    ({ where }) => typeof where === 'string' && where.startsWith('fabric-wizard.yaml'),
  );
  return isInFile ? 'fabric-wizard config --schema' : 'fabric-wizard config';
}

/** Returns systemd's command for the engine at an address. */
function systemctl(verb: 'start' | 'restart', origin: EngineOrigin | undefined): string {
  return origin?.kind === 'rootless' ? `systemctl --user ${verb} docker` : `sudo systemctl ${verb} docker`;
}

/** Returns the command that shows the engine's own log. */
function engineLog(origin: EngineOrigin | undefined): string {
  return origin?.kind === 'rootless'
    ? 'journalctl --user -n 50 -u docker'
    : 'sudo journalctl -n 50 -u docker';
}

/** Returns the command that starts an engine of this machine, or tries the connection to another one. */
function tryEngine(endpoint: string, origin: EngineOrigin | undefined): string {
  if (sharesHost({ endpoint })) return systemctl('start', origin);
  return isSsh({ endpoint })
    ? shellLine(sshWords(endpoint, [], ['ls', '-l', socketElsewhere(endpoint)]))
    : tryInDocker(origin);
}

/** Returns the command by which docker's own client connects to the engine. */
function tryInDocker(origin: EngineOrigin | undefined): string {
  return origin?.kind === 'context' ? docker('--context', origin.name, 'version') : docker('version');
}

/** Returns the command that removes the known key of the host of an engine behind SSH. */
function forgetHostKey(endpoint: string): string {
  const { host, port } = sshTarget(endpoint);
  return shellLine(['ssh-keygen', '-R', port === '' ? host : `[${host}]:${port}`]);
}

function engine({ problem, endpoint, origin, again = RESUME }: Of<'engine'>): readonly string[] {
  if (origin?.kind === 'machine') return ['docker node ls', 'fabric-wizard status'];
  const toDefault = toDefaultEngine(origin);
  const others = toDefault === undefined ? [] : [toDefault];
  switch (problem) {
    case 'unreachable':
      return [tryEngine(endpoint, origin), ...others, DOCTOR];
    case 'silent':
      // The log first: a restart ends the containers of everybody.
      return [engineLog(origin), systemctl('restart', origin), DOCTOR];
    case 'tls':
      return [tryInDocker(origin), ...others, DOCTOR];
    case 'no-ssh':
      return [installCommand(['openssh-client']), ...others];
    case 'host-key':
      return [shellLine(sshWords(endpoint)), ...others];
    case 'host-key-changed':
      return [forgetHostKey(endpoint), shellLine(sshWords(endpoint)), ...others];
    case 'login':
      return ['ssh-add', shellLine(sshWords(endpoint, [], ['true'])), ...others];
    case 'gone':
      return [again, DOCTOR];
    case 'context':
      return ['docker context ls', ...others];
    case 'address':
      return others;
    case 'denied':
      return sharesHost({ endpoint })
        ? ['sudo usermod -aG docker $USER', 'newgrp docker', DOCTOR]
        : [shellLine(sshWords(endpoint, ['-t'], ['sudo usermod -aG docker $USER'])), DOCTOR];
    case 'too-old':
      return [DOCTOR];
    case 'install-failed':
      return ['sudo apt-get install docker.io', 'sudo systemctl start docker', DOCTOR];
    default:
      return unreachable(problem);
  }
}

function composeMissing({ unknown }: Of<'compose-missing'>): readonly string[] {
  if (unknown === undefined) return ['sudo apt-get install docker-compose', DOCTOR];
  const [program = ''] = unknown.program.split(' ');
  return [`command -v ${program}`, DOCTOR];
}

/** Returns the first port x050 above the lowest taken port whose thousand has no taken port. */
export function freePortBase(taken: readonly number[]): number {
  const lowest = Math.floor(Math.min(...taken) / 1000);
  for (let thousand = lowest + 1; thousand <= 60; thousand += 1) {
    if (!taken.some((port) => Math.floor(port / 1000) === thousand)) return thousand * 1000 + 50;
  }
  return 20_050;
}

function portTaken({ taken }: Of<'port-taken'>): readonly string[] {
  const [first] = taken;
  if (!first) return [DOCTOR];
  const base = freePortBase(taken.map(({ port }) => port));
  return [`fabric-wizard up --yes --port-base ${base}`, `sudo ss -ltnp 'sport = :${first.port}'`];
}

function pull({ ref, problem, upstream }: Of<'pull'>): readonly string[] {
  const again = `docker pull ${shellWord(ref)}`;
  if (upstream) return [OWN_DOCKERFILES, again];
  switch (problem) {
    case 'missing':
      return ['docker image ls', FROM_DEBIAN];
    case 'denied':
      return ['docker login', again, FROM_DEBIAN];
    case 'stalled':
      return [RESUME, again, FROM_DEBIAN];
    case 'unreachable':
      return [FROM_DEBIAN, DOCTOR];
    case 'other':
      return [again, FROM_DEBIAN];
    default:
      return unreachable(problem);
  }
}

function command({
  compileErrors = [],
  nodes = [],
  again = RESUME,
  chaincode,
}: Of<'command'>): readonly string[] {
  if (compileErrors.length > 0) return [again];
  if (chaincode?.invalid !== undefined)
    return ['fabric-wizard chaincode invoke --help', 'fabric-wizard chaincode list'];
  if (chaincode?.refusal !== undefined) return [`fabric-wizard chaincode logs ${chaincode.name}`];
  if (chaincode) return [...logsCommand(nodes), again];
  return [...logsCommand(nodes), `${RESUME} --verbose`];
}

/** Returns the command that shows the first of these logs. */
function logsCommand(nodes: readonly LogTail[]): string[] {
  // The name of a log's owner may be followed by its state: "peer0.org1.example.com (Up 5 seconds)".
  return nodes.slice(0, 1).map(({ name }) => `fabric-wizard logs ${shellWord(name.replace(/ \(.*\)$/, ''))}`);
}

/** The first failed test alone, if it is one of Go, and all of them again. */
function tests({ failed: [first], again }: Of<'tests'>): readonly string[] {
  if (!first || !/^Test\S*$/.test(first.test)) return [again];
  const pattern = first.test
    .split('/')
    .map((part) => `^${part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`)
    .join('/');
  return [`fabric-wizard test ${shellWord(first.package)} --run ${shellWord(pattern)}`, again];
}

/** Returns the help for a failure without a diagnosis. The switch is exhaustive: a new kind must get its commands. */
function bareHelp(failure: StageFailure): Help {
  switch (failure.kind) {
    case 'config':
      return { next: [...(failure.next ?? []), configHelp(failure)], exitCode: usage };
    case 'usage':
      return { next: failure.next, exitCode: failure.lost ? stageFailed : usage };
    case 'chaincode':
      return { next: failure.next, exitCode: failure.ofMachine ? preflight : usage };
    case 'source':
      return source(failure);
    case 'engine':
      return { next: engine(failure), exitCode: failure.problem === 'gone' ? stageFailed : preflight };
    case 'engine-refused':
      return { next: [DOCTOR, failure.again ?? RESUME], exitCode: stageFailed };
    case 'compose-missing':
      return { next: composeMissing(failure), exitCode: preflight };
    case 'port-taken':
      return { next: portTaken(failure), exitCode: preflight };
    case 'preflight':
      return {
        next: [
          ...failure.checks.flatMap(({ fix }) => (fix === undefined ? [] : [fix])),
          DOCTOR,
          `fabric-wizard ${failure.command} --no-preflight`,
        ],
        exitCode: preflight,
      };
    case 'locked':
      return { next: [`ps -fp ${failure.pid}`, `kill -INT ${failure.pid}`], exitCode: preflight };
    case 'state-newer': {
      const away = `mv ${shellWord(failure.path)} ${shellWord(`${failure.path}.newer`)}`;
      return { next: ['npx fabric-wizard@latest up', away], exitCode: preflight };
    }
    case 'pull':
      return { next: pull(failure), exitCode: stageFailed };
    case 'base-image':
      return { next: [FROM_DEBIAN], exitCode: stageFailed };
    case 'couchdb-image':
      return {
        next: [
          `docker pull ${shellWord(failure.looked[0] ?? 'couchdb')}`,
          `${RESUME} --couchdb-image IMAGE`,
          `${RESUME} --no-couchdb`,
        ],
        exitCode: preflight,
      };
    case 'image-build':
      return { next: [`${RESUME} --verbose`, DOCTOR], exitCode: stageFailed };
    case 'copy':
      return { next: [RESUME, DOCTOR], exitCode: stageFailed };
    case 'command':
      return { next: command(failure), exitCode: stageFailed };
    case 'check':
      return { next: [RESUME, 'docker image ls', 'fabric-wizard logs'], exitCode: stageFailed };
    case 'hook':
      return { next: failure.next, exitCode: stageFailed };
    case 'tests':
      return { next: tests(failure), exitCode: stageFailed };
    case 'orderer-behind':
      return { next: [NEW_NETWORK, NEW_LEDGERS], exitCode: stageFailed };
    case 'timeout':
      return { next: ['fabric-wizard status', 'fabric-wizard logs', DOCTOR], exitCode: stageFailed };
    case 'tool-missing':
      return { next: [failure.install, DOCTOR].filter((each) => each.trim() !== ''), exitCode: preflight };
    case 'file':
      return { next: [RESUME, DOCTOR], exitCode: stageFailed };
    case 'unexpected':
      return { next: [RESUME, 'fabric-wizard doctor --json'], exitCode: stageFailed };
    default:
      return unreachable(failure);
  }
}

/** A command of fabric-wizard, perhaps with variables before it, or one whose output a shell evaluates. */
const OURS =
  /^(?:sudo |npx |[A-Z_]+=(?:'[^']*'|[^\s'])* )*fabric-wizard(?:@latest)? ([a-z]+).*|\$\(fabric-wizard ([a-z]+)[^)]*/s;
const TAKES_CHOICES = ['up', 'build', 'rebuild', 'smoke', 'test', 'doctor', 'resolve', 'config'];
const TAKES_PROJECT = [...TAKES_CHOICES, 'status', 'logs', 'diagnose', 'down', 'clean'];
const FOLDER = '--dir ';
const PROJECT = '--project ';

function takes(name: string, flag: string): boolean {
  // All our commands take the folder.
  if (flag.startsWith(FOLDER)) return true;
  return (flag.startsWith(PROJECT) ? TAKES_PROJECT : TAKES_CHOICES).includes(name);
}

/** Adds the given flags to one command, except those that it sets itself. */
function withFlags(command: string, given: readonly string[]): string {
  const folder = given.find((flag) => flag.startsWith(FOLDER))?.slice(FOLDER.length);
  const [ours, alone, evaluated] = OURS.exec(command) ?? [];
  if (ours === undefined)
    return folder === undefined ? command : command.replace(/(?<= )\.fabric-wizard\b/g, `${folder}/$&`);
  const words = ours.split(' ');
  const isAdded = (flag: string) => {
    const option = flag.replace(/^--(?:no-)?/, '').replace(/ .*/, '');
    const isSet = words.includes(`--${option}`) || words.includes(`--no-${option}`);
    return !isSet && takes(alone ?? evaluated ?? '', flag);
  };
  const added = given.filter(isAdded);
  return command.replace(ours, () => [ours, ...added].join(' '));
}

/** Adds the given flags to every command of ours in a line, and the folder to the paths in it. */
export function withGiven<T extends Text>(line: T, given?: readonly string[]): T;
export function withGiven(line: Text, given: readonly string[] = []): Text {
  if (typeof line !== 'string') return line;
  return line
    .split(' && ')
    .map((command) => withFlags(command, given))
    .join(' && ');
}

/** The smoke test tries a chaincode again; one that is being deployed has a command of its own. */
function triedAgain(remedy: string, failure: StageFailure): string {
  if (failure.kind !== 'command' || !failure.chaincode || failure.again === undefined) return remedy;
  return remedy === SMOKE ? failure.again : remedy;
}

const UP = /^fabric-wizard up\b/;
const ADD = /^fabric-wizard add\b.*?( --no-preflight)?$/;

/**
 * Returns the commands for a run that another command than `up` continues. Other commands that begin with `up` are for
 * another network than the one that the run is about.
 */
function continuing(next: readonly Text[], repeat: string): readonly Text[] {
  const isUp = UP.test(repeat);
  const lines = next.flatMap((line): readonly Text[] => {
    if (typeof line !== 'string') return [line];
    const again = ADD.exec(line);
    if (again) return [`${repeat}${again[1] ?? ''}`];
    return isUp || !UP.test(line) ? [line] : [];
  });
  return isUp || lines.includes(repeat) ? lines : [...lines, repeat];
}

/** What is wrong with the source of a chaincode, or with the program that was made of it. */
const OF_SOURCE: readonly SymptomId[] = [
  'chaincode-package-missing',
  'chaincode-excluded',
  'chaincode-has-no-source',
  'chaincode-of-two-packages',
  'chaincode-has-no-main',
  'chaincode-is-no-program',
  'chaincode-header-missing',
  'chaincode-library-missing',
  'chaincode-does-not-compile',
  'vendoring-inconsistent',
  'chaincode-panics',
  'chaincode-ended',
  'chaincode-ended-silently',
];

/** Whether the user's chaincode cannot be built, or does not run, as it is: as a service it fails as `chaincode`. */
function isOfSource(failure: StageFailure, diagnosis: Diagnosis | undefined): boolean {
  const isDeployed = failure.kind === 'command' && failure.chaincode?.dir !== undefined;
  return isDeployed && diagnosis !== undefined && OF_SOURCE.includes(diagnosis.symptom);
}

/** Returns the help for a failure; with a diagnosis, the remedies of its symptom and the command for the log. */
export function helpFor(failure: StageFailure, diagnosis?: Diagnosis): Help {
  const bare = bareHelp(failure);
  const logs = 'nodes' in failure ? logsCommand(failure.nodes ?? []) : [];
  const foreseen = diagnosis?.warning?.fix;
  const next = diagnosis
    ? [
        ...(foreseen === undefined ? [] : [foreseen]),
        ...remediesFor(diagnosis.symptom, diagnosis.facts).map((line) => triedAgain(line, failure)),
        ...logs,
      ]
    : bare.next;
  const { repeat, given } = failure;
  const lines = repeat === undefined ? next : continuing(next, repeat);
  const commands = lines.map((command) => withGiven(command, given));
  return { next: [...new Set(commands)], exitCode: isOfSource(failure, diagnosis) ? usage : bare.exitCode };
}
