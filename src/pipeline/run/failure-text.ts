/** The one place where a failure becomes sentences, commands and an exit code. */
import { english } from '../diagnosis/english.ts';
import { shellWord } from '../host/shell-text.ts';
import { type Diagnosis, EXIT, type LogTail, type StageFailure } from './failure.ts';
import { unreachable } from './unreachable.ts';
import { count } from './wording.ts';

export interface FailureDescription {
  /** One sentence: what was wrong. */
  readonly title: string;
  /** The line that proves a diagnosis, and the container that said it; empty: the failed command itself. */
  readonly proof?: { readonly from: string; readonly line: string };
  /** Of a diagnosis: why it came to this. */
  readonly why?: string;
  /** Where, what was looked for, what was found: one fact a line. Log lines are not repeated here. */
  readonly detail: readonly string[];
  /** One sentence: what usually helps. */
  readonly hint?: string;
  /** Commands to type, the likeliest first. */
  readonly next: readonly string[];
  /** The process's exit code. */
  readonly exitCode: number;
}

type Of<K extends StageFailure['kind']> = Extract<StageFailure, { kind: K }>;

const DOCTOR = 'fabric-wizard doctor';
const RESUME = 'fabric-wizard up --yes';
const SAMPLE = 'fabric-wizard up --yes --source sample';
const FROM_DEBIAN = 'fabric-wizard up --yes --base debian';

function present(...lines: readonly string[]): string[] {
  return lines.filter((line) => line.trim() !== '');
}

function config({ issues }: Of<'config'>): FailureDescription {
  const [first] = issues;
  return {
    title:
      issues.length === 1 && first
        ? `The value of ${first.path} can't be used: ${first.message}`
        : `${count(issues.length, 'value')} can't be used.`,
    detail: issues.map(({ path, message, where, fix }) => {
      const mend = fix ? `; ${fix}` : '';
      return `${path} (from ${where}): ${message}${mend}`;
    }),
    hint: 'Nothing was changed.',
    next: ['fabric-wizard config'],
    exitCode: EXIT.usage,
  };
}

function source({ path, problem, detail, looked }: Of<'source'>): FailureDescription {
  const lines = present(
    detail,
    ...looked.map((item) => `${item.found ? 'found  ' : 'missing'}  ${item.path}`),
  );
  const base = { detail: lines, exitCode: EXIT.usage };
  switch (problem) {
    case 'absent':
      return {
        ...base,
        title: `There is no folder ${path}.`,
        next: ['fabric-wizard up --source PATH', SAMPLE],
      };
    case 'not-fabric':
      return {
        ...base,
        title: `${path} is not a Hyperledger Fabric checkout.`,
        hint: 'Give the folder that holds the Makefile, peer/ and orderer/, or a release tag to clone.',
        next: ['fabric-wizard up --source PATH', SAMPLE],
      };
    case 'incomplete':
      return {
        ...base,
        title: `The Fabric checkout in ${path} is incomplete.`,
        hint: 'Bring back what is missing, then run the same command again.',
        next: [`git -C ${shellWord(path)} status --short`, `git -C ${shellWord(path)} checkout -- .`],
      };
    case 'unknown-line':
      return {
        ...base,
        title: `The Fabric version in ${path} belongs to no release line that is known here.`,
        hint: 'If its build is like that of a known release, say which one with --fabric-version.',
        next: ['fabric-wizard up --fabric-version VERSION', 'npx fabric-wizard@latest up'],
      };
    case 'unknown-tag':
      return {
        ...base,
        title: `Fabric has no release tag ${path}.`,
        hint: 'Tags are written like v1.4.12.',
        next: ['fabric-wizard up --source v1.4.12', 'fabric-wizard up --source PATH'],
      };
    case 'clone-failed':
      return {
        ...base,
        title: `Fabric could not be cloned from ${path}.`,
        hint: 'Without a network, give a checkout that is already here, or take the practice source.',
        next: ['fabric-wizard up --source PATH', SAMPLE],
        exitCode: EXIT.preflight,
      };
    default:
      return unreachable(problem);
  }
}

function engine({ problem, endpoint, detail }: Of<'engine'>): FailureDescription {
  const base = { detail: present(detail), exitCode: EXIT.preflight };
  const local = endpoint.startsWith('unix://');
  switch (problem) {
    case 'unreachable':
      return {
        ...base,
        title: `No Docker Engine answers at ${endpoint}.`,
        hint: local
          ? 'Start the engine, then run the same command again.'
          : 'DOCKER_HOST names this address.',
        next: [local ? 'sudo systemctl start docker' : 'unset DOCKER_HOST', DOCTOR],
      };
    case 'denied':
      return {
        ...base,
        title: `The Docker Engine at ${endpoint} does not let this user in.`,
        hint: 'Join the docker group, log in again, then run the same command again.',
        next: ['sudo usermod -aG docker $USER', 'newgrp docker', DOCTOR],
      };
    case 'too-old':
      return {
        ...base,
        title: `The Docker Engine at ${endpoint} and this Fabric line speak no common API version.`,
        hint: 'Take another engine version or another Fabric release.',
        next: [DOCTOR],
      };
    case 'install-failed':
      return {
        ...base,
        title: 'A Docker Engine could not be installed.',
        hint: 'Install it by hand, then run the same command again.',
        next: ['sudo apt-get install docker.io', 'sudo systemctl start docker', DOCTOR],
      };
    default:
      return unreachable(problem);
  }
}

/** The first x050 above the lowest taken port whose thousand has no taken port. */
export function freePortBase(taken: readonly number[]): number {
  const lowest = Math.floor(Math.min(...taken) / 1000);
  for (let thousand = lowest + 1; thousand <= 60; thousand += 1) {
    if (!taken.some((port) => Math.floor(port / 1000) === thousand)) return thousand * 1000 + 50;
  }
  return 20_050;
}

function portTaken({ taken }: Of<'port-taken'>): FailureDescription {
  const [first] = taken;
  const next = first
    ? [
        `fabric-wizard up --yes --port-base ${freePortBase(taken.map(({ port }) => port))}`,
        `sudo ss -ltnp 'sport = :${first.port}'`,
      ]
    : [DOCTOR];
  return {
    title:
      taken.length === 1 && first
        ? `Port ${first.port} is in use.`
        : `${count(taken.length, 'port')} that the network needs are in use.`,
    detail: taken.map(
      ({ port, wantedBy, owner }) =>
        `${port}, wanted by ${wantedBy}, used by ${owner || 'an unknown program'}`,
    ),
    hint: 'Stop what uses it, or move the whole network to other ports.',
    next,
    exitCode: EXIT.preflight,
  };
}

function preflight({ checks, command }: Of<'preflight'>): FailureDescription {
  const [first] = checks;
  const fixes = checks.flatMap(({ fix }) => (fix === undefined ? [] : [fix]));
  return {
    title:
      checks.length === 1 && first
        ? `${first.id}: ${first.detail}`
        : `${count(checks.length, 'thing')} that this run needs are not as they should be.`,
    detail: checks.length === 1 ? [] : checks.map(({ id, detail }) => `${id}: ${detail}`),
    hint: 'Nothing was changed. --no-preflight runs all the same.',
    next: [...fixes, DOCTOR, `fabric-wizard ${command} --no-preflight`],
    exitCode: EXIT.preflight,
  };
}

function pull({ ref, problem, detail }: Of<'pull'>): FailureDescription {
  const base = { detail: present(detail), exitCode: EXIT.stageFailed };
  const again = `docker pull ${shellWord(ref)}`;
  switch (problem) {
    case 'missing':
      return {
        ...base,
        title: `The registry has no image ${ref}.`,
        hint: 'Check namespace and version, or build the base images here.',
        next: ['docker image ls', FROM_DEBIAN],
      };
    case 'denied':
      return {
        ...base,
        title: `The registry does not give out ${ref}.`,
        hint: 'It is private and needs a login, or there is no such image.',
        next: ['docker login', again, FROM_DEBIAN],
      };
    case 'stalled':
      return {
        ...base,
        title: `The download of ${ref} stopped.`,
        hint: 'Layers that have arrived are kept.',
        next: [RESUME, again, FROM_DEBIAN],
      };
    case 'unreachable':
      return {
        ...base,
        title: `The registry of ${ref} can't be reached.`,
        hint: 'Check the network and the proxy of the engine, or build the base images here.',
        next: [FROM_DEBIAN, DOCTOR],
      };
    case 'other':
      return { ...base, title: `${ref} could not be pulled.`, next: [again, FROM_DEBIAN] };
    default:
      return unreachable(problem);
  }
}

function command(failure: Of<'command'>): FailureDescription {
  const { command: typed, where, exitCode, nodes = [], tail } = failure;
  const said = tail.find((line) => /\b(?:error|fatal|panic|failed|cannot)\b/i.test(line)) ?? '';
  const [broken] = failure.compileErrors ?? [];
  if (broken) {
    return {
      title: `${broken.file}:${broken.line} does not compile: ${broken.message}`,
      detail: [
        ...(failure.compileErrors ?? [])
          .slice(0, 10)
          .map(({ file, line, message }) => `${file}:${line}: ${message}`),
        `where: ${where}`,
      ],
      hint: 'No image and no running node was touched.',
      // The first for a network that runs, the second where the first `up` came to this.
      next: ['fabric-wizard rebuild', RESUME],
      exitCode: EXIT.stageFailed,
    };
  }
  return {
    title: `"${shortened(typed)}" ended with exit code ${exitCode}.`,
    detail: present(
      said && `said: ${said.trim()}`,
      isShort(typed) ? '' : `command: ${typed}`,
      `where: ${where}`,
    ),
    next: [...logsCommand(nodes), `${RESUME} --verbose`],
    exitCode: EXIT.stageFailed,
  };
}

function isShort(typed: string): boolean {
  return typed.length <= 60 && !typed.includes('\n');
}

/** A command up to its flags: beside a cause, the rest only hides it. */
function shortened(typed: string): string {
  if (isShort(typed)) return typed;
  const words = typed.split(/\s+/);
  const flags = words.findIndex((word) => word.startsWith('-'));
  return `${words.slice(0, flags < 1 ? 4 : flags).join(' ')} …`;
}

/** How to read on in the first of these logs. */
function logsCommand(nodes: readonly LogTail[]): string[] {
  // The name of a log's owner may be followed by its state: "peer0.org1.example.com (Up 5 seconds)".
  return nodes.slice(0, 1).map(({ name }) => `fabric-wizard logs ${shellWord(name.replace(/ \(.*\)$/, ''))}`);
}

/** What was being done, for kinds whose own title says no more than that it went wrong. */
function circumstance(failure: StageFailure): string | undefined {
  if (failure.kind === 'command') return `during: ${shortened(failure.command)}, in ${failure.where}`;
  return failure.kind === 'check'
    ? `${failure.what}: expected ${failure.expected}, got ${failure.got}`
    : undefined;
}

/** What a known symptom adds to the bare failure: it takes the place of title and hint. */
function diagnosed(failure: StageFailure, { symptom, proof, facts }: Diagnosis): FailureDescription {
  const bare = describeBare(failure);
  const { title, why, next } = english[symptom](facts);
  const logs = 'nodes' in failure ? logsCommand(failure.nodes ?? []) : [];
  return {
    title,
    proof: { from: proof.name, line: proof.line },
    why,
    detail: [circumstance(failure) ?? bare.title],
    next: [...new Set([...next, ...logs])],
    exitCode: bare.exitCode,
  };
}

/** Words a failure and, where there is one, its diagnosis. */
export function describeFailure(failure: StageFailure, diagnosis?: Diagnosis): FailureDescription {
  return diagnosis ? diagnosed(failure, diagnosis) : describeBare(failure);
}

/** Exhaustive: a new kind does not compile until it has its words. */
function describeBare(failure: StageFailure): FailureDescription {
  switch (failure.kind) {
    case 'config':
      return config(failure);
    case 'usage':
      return { title: failure.message, detail: [], next: failure.next, exitCode: EXIT.usage };
    case 'source':
      return source(failure);
    case 'engine':
      return engine(failure);
    case 'compose-missing':
      return {
        title: 'Neither the compose plugin of docker nor a docker-compose program is here.',
        detail: present(failure.detail),
        hint: 'Either one will do.',
        next: ['sudo apt-get install docker-compose', DOCTOR],
        exitCode: EXIT.preflight,
      };
    case 'port-taken':
      return portTaken(failure);
    case 'preflight':
      return preflight(failure);
    case 'locked':
      return {
        title: 'Another fabric-wizard is at work in this folder.',
        detail: [`folder: ${failure.dir}`, `process: ${failure.pid}, ${failure.command}`],
        hint: 'Wait for it, stop it, or give another folder with --dir.',
        next: [`ps -fp ${failure.pid}`, `kill -INT ${failure.pid}`],
        exitCode: EXIT.preflight,
      };
    case 'state-newer':
      return {
        title: 'The state folder was written by a newer fabric-wizard.',
        detail: [`${failure.path}: schema ${failure.found}, known here up to ${failure.known}`],
        hint: 'Use the newer version, or move the file away; images and containers are found again by their labels.',
        next: [
          'npx fabric-wizard@latest up',
          `mv ${shellWord(failure.path)} ${shellWord(`${failure.path}.newer`)}`,
        ],
        exitCode: EXIT.preflight,
      };
    case 'pull':
      return pull(failure);
    case 'base-image':
      return {
        title: `The base image ${failure.ref} can't serve.`,
        detail: present(...failure.lacks.map((thing) => `it lacks ${thing}`), failure.detail),
        hint: 'Add what is missing to the image, or have the base images built here.',
        next: [FROM_DEBIAN],
        exitCode: EXIT.stageFailed,
      };
    case 'image-build':
      return {
        title: `The image ${failure.image} could not be built.`,
        detail: present(failure.detail),
        next: [`${RESUME} --verbose`, DOCTOR],
        exitCode: EXIT.stageFailed,
      };
    case 'command':
      return command(failure);
    case 'check':
      return {
        title: `Not as expected: ${failure.what}.`,
        detail: [`expected: ${failure.expected}`, `got:      ${failure.got}`],
        next: ['docker image ls', 'fabric-wizard logs'],
        exitCode: EXIT.stageFailed,
      };
    case 'timeout':
      return {
        title: `Waited ${count(failure.seconds, 'second')} in vain for ${failure.what}.`,
        detail: present(failure.last && `last answer: ${failure.last}`),
        next: ['fabric-wizard status', 'fabric-wizard logs', DOCTOR],
        exitCode: EXIT.stageFailed,
      };
    case 'tool-missing':
      return {
        title: `${failure.tool} is missing; it is needed for ${failure.neededFor}.`,
        detail: [],
        next: present(failure.install, DOCTOR),
        exitCode: EXIT.preflight,
      };
    case 'unexpected':
      return {
        title: `Something happened that fabric-wizard did not expect: ${failure.message}`,
        detail: present(...failure.stack.split('\n').slice(1)).map((line) => line.trim()),
        hint: 'This is a bug in fabric-wizard. Running it again continues where it stopped.',
        next: [RESUME, 'fabric-wizard doctor --json'],
        exitCode: EXIT.stageFailed,
      };
    default:
      return unreachable(failure);
  }
}
