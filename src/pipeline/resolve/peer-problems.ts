/** PURE: finds what is wrong with a peer, from facts about it and its engine. */
import { LABEL } from '../engine/labels.ts';
import { newerReleaseFor } from '../fabric/default-release.ts';
import { apiMismatch } from '../fabric/engine-api.ts';
import { parseImageRef, tagCommand } from '../fabric/image-ref.ts';
import { type ConfigValue, fillTemplate } from '../fabric/resolution.ts';
import { addressForChaincode, chaincodeMode, reachesPeer } from './chaincode-network.ts';
import { difference, namespaceOf, nearestImages } from './nearest-image.ts';
import type { EngineFacts, PeerFacts } from './peer-facts.ts';
import type { PeerImage } from './peer-images.ts';
import type { GoRole, Problem, ResolveFinding } from './resolve-report.ts';

export interface ProblemInput {
  readonly peer: PeerFacts;
  readonly engine: EngineFacts;
  /** Builder and runtime. */
  readonly images: readonly PeerImage[];
  readonly config: (key: string) => ConfigValue | undefined;
}

/** An absent image is no problem for an image or a configuration if `up` will produce it. */
export function willBeMade(peer: Pick<PeerFacts, 'subject' | 'madeHere'>, ref: string): boolean {
  return peer.subject.kind !== 'container' && peer.madeHere.has(ref);
}

function absentProblem({ peer, engine }: ProblemInput, image: PeerImage): Problem {
  const { compiled } = peer.version;
  const { role, ref, key, variable, origin } = image;
  const own = compiled.release.images[role].template;
  const wanted = {
    role,
    ref,
    ownRef: fillTemplate(own, compiled),
    latestOnly: compiled.release.makeTagsLatestOnly,
    peerLayers: peer.image?.layers ?? [],
    peerNamespace: namespaceOf(peer.imageRef),
    peerProject: peer.image?.labels[LABEL.project],
    architecture: engine.arch,
  };
  const candidates = nearestImages(wanted, engine.locals);
  const [nearest] = candidates;
  const ownTemplate = own === image.template ? undefined : own;
  const madeHere = peer.madeHere.has(ref);
  const likely = candidates.find((candidate) => candidate.likely);
  const tag = likely && tagCommand(likely.ref, ref);
  const absent = { role, ref, key, variable, origin, ownTemplate, tagCommand: tag, madeHere, candidates };
  const differs = nearest && difference(wanted, nearest.ref);
  switch (differs?.in) {
    case 'tag':
      return { ...absent, kind: `${role}-tag`, cause: differs.cause };
    case 'namespace':
      return { ...absent, kind: `${role}-namespace`, compiled: namespaceOf(ref) };
    default:
      return { ...absent, kind: `${role}-absent` };
  }
}

function referenceProblems(input: ProblemInput): ResolveFinding[] {
  const { peer, engine } = input;
  return input.images.flatMap((image): ResolveFinding[] => {
    const { role, ref, key, variable, origin, parts } = image;
    const unknown = parts.filter(({ from }) => from === 'unknown').map(({ text }) => text);
    const fail = (problem: Problem): ResolveFinding[] => [{ severity: 'fail', problem }];
    // The reference is unknown; `core-yaml-missing` reports that.
    if (peer.coreYaml.text === undefined && origin === 'core.yaml') return [];
    if (unknown.length > 0) {
      const { release, compiled } = peer.version;
      const known = compiled.release.templateVariables;
      return fail({ kind: `${role}-variable`, role, ref, key, variable, origin, unknown, known, release });
    }
    if (!parseImageRef(ref)) {
      const empty = parts.flatMap((part) => (part.from === 'ldflag' && part.text === '' ? part.ldflag : []));
      return fail({ kind: `${role}-invalid`, role, ref, key, variable, origin, empty });
    }
    if (!engine.reach.same || engine.images.has(ref) || willBeMade(peer, ref)) return [];
    return fail(absentProblem(input, image));
  });
}

function namespaceProblem({ peer, engine, images }: ProblemInput): ResolveFinding[] {
  const imageNamespace = namespaceOf(peer.imageRef);
  const { dockerNs } = peer.version.compiled;
  const inNamespace = images.filter(({ parts }) =>
    parts.some((part) => part.from === 'ldflag' && part.ldflag === 'DockerNamespace'),
  );
  // An absent image has a finding of its own, with its repair.
  const allPresent = inNamespace.every(({ ref }) => engine.images.has(ref));
  if (imageNamespace === '' || imageNamespace === dockerNs || inNamespace.length === 0 || !allPresent)
    return [];
  return [
    {
      severity: 'warn',
      problem: { kind: 'namespace', compiled: dockerNs, image: peer.imageRef, imageNamespace },
    },
  ];
}

function engineProblems({ peer, engine }: ProblemInput): ResolveFinding[] {
  const { reach } = engine;
  if (!reach.same) {
    const { endpoint, origin, how, hostPath } = reach;
    const asked = engine.endpoint;
    return [{ severity: 'fail', problem: { kind: 'other-engine', endpoint, origin, asked, how, hostPath } }];
  }
  // The gateway translates API versions.
  if (peer.gateway) return [];
  const { engineApi } = peer.version.compiled.release;
  const side = apiMismatch(engineApi, engine);
  if (side === undefined) return [];
  const { version, api, minApi } = engine;
  const { release } = peer.version;
  return [
    {
      severity: 'fail',
      problem: {
        kind: 'engine-api',
        release,
        peer: engineApi,
        engine: { version, api, minApi },
        side,
        newer: side === 'engine-too-new' ? newerReleaseFor(release, engine) : undefined,
      },
    },
  ];
}

/** Network modes that name no network of the user. `default` is the bridge. */
const BUILT_IN: ReadonlyMap<string, string> = new Map([
  ['host', 'host'],
  ['bridge', 'bridge'],
  ['default', 'bridge'],
  ['none', 'none'],
]);

/** Whether chaincode has a network, and can reach the peer in it. */
function networkProblem({ peer, engine, config }: ProblemInput): ResolveFinding[] {
  // `up` creates the network of a configuration.
  if (!engine.reach.same || peer.subject.kind === 'configuration') return [];
  const { container } = peer;
  const { value: mode, origin } = chaincodeMode(config);
  // It shares the network of a container: of its peer, or of one that is not known here.
  if (mode.startsWith('container:')) return [];
  const network =
    BUILT_IN.get(mode) ?? engine.networks.find(({ id, name }) => name === mode || id === mode)?.name;
  const attached = container?.networks.map(({ name }) => name) ?? [];
  const problem = { kind: 'network-mode', mode, origin, exists: network !== undefined, attached } as const;
  if (network === undefined) return [{ severity: 'fail', problem }];
  if (!container) return [];
  const reaches = reachesPeer({ container, network, config, hostAddresses: engine.hostAddresses });
  if (reaches === true) return [];
  if (!attached.includes(network) && (reaches === false || !BUILT_IN.has(mode)))
    return [{ severity: reaches === false ? 'fail' : 'warn', problem }];
  if (reaches === undefined) return [];
  const { host = '', port, origin: from } = addressForChaincode(config);
  return [
    {
      severity: 'fail',
      problem: {
        kind: 'peer-address',
        address: `${host}:${port}`,
        origin: from,
        network,
        name: container.name,
      },
    },
  ];
}

/** In development mode the user starts chaincode, and the peer builds none. */
function modeProblem({ config }: ProblemInput): ResolveFinding[] {
  const mode = config('chaincode.mode');
  if (mode?.value !== 'dev') return [];
  return [{ severity: 'warn', problem: { kind: 'dev-mode', origin: mode.origin } }];
}

function pullProblem({ peer, engine, images, config }: ProblemInput): ResolveFinding[] {
  const { release } = peer.version.compiled;
  const runtime = images.find(({ role }) => role === 'runtime');
  const local = runtime && engine.images.get(runtime.ref);
  // An absent image has a finding of its own; an image with a digest can be pulled again.
  if (!runtime || !local || local.digests.length > 0) return [];
  const configured = /^(true|t|1)$/i.test(config('chaincode.pull')?.value ?? '');
  if (release.runtimePull === 'never' || (release.runtimePull === 'chaincode.pull' && !configured)) return [];
  const cause = release.runtimePull === 'always' ? 'release' : 'chaincode.pull';
  return [
    {
      severity: 'fail',
      problem: { kind: 'always-pull', release: peer.version.release, ref: runtime.ref, cause },
    },
  ];
}

function architectureProblems({ peer, engine, images }: ProblemInput): ResolveFinding[] {
  const should = engine.arch;
  const wrong = (of: 'peer' | GoRole, ref: string, is: string | undefined): ResolveFinding[] =>
    is === undefined || is === should
      ? []
      : [
          {
            severity: of === 'peer' ? 'warn' : 'fail',
            problem: { kind: 'architecture', of, ref, is, should },
          },
        ];
  return [
    ...wrong('peer', peer.imageRef, peer.image?.architecture),
    ...images.flatMap(({ role, ref }) => wrong(role, ref, engine.images.get(ref)?.architecture)),
  ];
}

function staleProblem({ engine, images }: ProblemInput): ResolveFinding[] {
  const builder = images.find(({ role }) => role === 'builder');
  const since = engine.builderSince ?? engine.images.get(builder?.ref ?? '')?.created;
  if (!builder || since === undefined) return [];
  const stale = engine.chaincode.filter(({ created }) => created < since).map(({ name }) => name);
  if (stale.length === 0) return [];
  return [
    { severity: 'warn', problem: { kind: 'stale-chaincode', images: stale.sort(), builder: builder.ref } },
  ];
}

function readingProblems({ peer }: ProblemInput): ResolveFinding[] {
  const { version, coreYaml, versionProblem } = peer;
  const findings: ResolveFinding[] = [];
  if (coreYaml.text === undefined) {
    const problem: Problem = { kind: 'core-yaml-missing', path: coreYaml.path };
    findings.push({ severity: 'fail', problem });
  }
  if (versionProblem !== undefined) {
    const problem: Problem = { kind: 'version-unknown', detail: versionProblem, taken: version.origin };
    findings.push({ severity: 'warn', problem });
  }
  if (!version.releaseKnown) {
    const { compiled, release } = version;
    findings.push({
      severity: 'warn',
      problem: { kind: 'release-guessed', version: compiled.version, release },
    });
  }
  return findings;
}

/** Returns all findings, failures first. */
export function findProblems(input: ProblemInput): ResolveFinding[] {
  const found = [
    ...readingProblems(input),
    ...referenceProblems(input),
    ...engineProblems(input),
    ...networkProblem(input),
    ...modeProblem(input),
    ...pullProblem(input),
    ...architectureProblems(input),
    ...namespaceProblem(input),
    ...staleProblem(input),
  ];
  return [
    ...found.filter(({ severity }) => severity === 'fail'),
    ...found.filter(({ severity }) => severity === 'warn'),
  ];
}
