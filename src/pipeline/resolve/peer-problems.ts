/** PURE: from what was read of a peer and its engine to what is wrong. */

import { apiMismatch } from '../fabric/engine-api.ts';
import { parseImageRef } from '../fabric/image-ref.ts';
import { type ConfigValue, fillTemplate, type Resolution } from '../fabric/resolution.ts';
import { namespaceOf, nearestImages } from './nearest-image.ts';
import type { EngineFacts, PeerFacts } from './peer-facts.ts';
import type { Candidate, Finding, GoRole, Problem, TagCause } from './resolve-report.ts';

export interface ProblemInput {
  readonly peer: PeerFacts;
  readonly engine: EngineFacts;
  /** Of the roles builder and runtime. */
  readonly images: readonly (Resolution & { readonly role: GoRole })[];
  readonly config: (key: string) => ConfigValue | undefined;
}

/** The names that Go's and uname's architectures have in tags. */
const ARCH_PREFIX = /^(amd64|x86_64|arm64|aarch64|s390x|ppc64le)-/;

function tagCause(latestOnly: boolean, asked: string, found: string): TagCause {
  if (latestOnly && found === 'latest') return 'latest-only';
  if (found.startsWith(`${asked}-snapshot-`)) return 'snapshot';
  return found.replace(ARCH_PREFIX, '') === asked.replace(ARCH_PREFIX, '') ? 'architecture' : 'other';
}

/** What distinguishes the likeliest image from the one that is asked for. */
function distinction(asked: string, candidate: Candidate | undefined): 'tag' | 'namespace' | 'absent' {
  const a = parseImageRef(asked);
  const b = parseImageRef(candidate?.ref ?? '');
  if (a === undefined || b === undefined || a.repository !== b.repository) return 'absent';
  const sameNamespace = namespaceOf(asked) === namespaceOf(candidate?.ref ?? '');
  const sameTag = (a.tag ?? 'latest') === (b.tag ?? 'latest');
  if (sameNamespace && !sameTag) return 'tag';
  return sameTag && !sameNamespace ? 'namespace' : 'absent';
}

/** What is absent before anything runs is no problem where `up` is about to make it. */
export function willBeMade(peer: Pick<PeerFacts, 'subject' | 'madeHere'>, ref: string): boolean {
  return peer.subject.kind !== 'container' && peer.madeHere.has(ref);
}

function absentProblem({ peer, engine }: ProblemInput, image: Resolution & { role: GoRole }): Problem {
  const { compiled } = peer.version;
  const { role, ref, key, variable, origin } = image;
  const own = compiled.release.images[role].template;
  const candidates = nearestImages(
    {
      role,
      ref,
      ownRef: fillTemplate(own, compiled),
      peerLayers: peer.image?.layers ?? [],
      peerNamespace: namespaceOf(peer.imageRef),
      architecture: engine.arch,
    },
    engine.locals,
  );
  const [nearest] = candidates;
  const ownTemplate = own === image.template ? undefined : own;
  const madeHere = peer.madeHere.has(ref);
  const absent = { role, ref, key, variable, origin, ownTemplate, madeHere, candidates };
  const differsIn = distinction(ref, nearest);
  if (differsIn === 'tag') {
    const found = parseImageRef(nearest?.ref ?? '')?.tag ?? 'latest';
    const asked = parseImageRef(ref)?.tag ?? 'latest';
    return {
      ...absent,
      code: `${role}-tag`,
      cause: tagCause(compiled.release.makeTagsLatestOnly, asked, found),
    };
  }
  if (differsIn === 'namespace') return { ...absent, code: `${role}-namespace`, compiled: namespaceOf(ref) };
  return { ...absent, code: `${role}-absent` };
}

function referenceProblems(input: ProblemInput): Finding[] {
  const { peer, engine } = input;
  return input.images.flatMap((image): Finding[] => {
    const { role, ref, key, variable, origin, parts } = image;
    const unknown = parts.filter(({ from }) => from === 'unknown').map(({ text }) => text);
    const fail = (problem: Problem): Finding[] => [{ severity: 'fail', problem }];
    // Not known, and said as that.
    if (peer.coreYaml.text === undefined && origin === 'core.yaml') return [];
    if (unknown.length > 0) {
      const { release, compiled } = peer.version;
      const known = compiled.release.templateVariables;
      return fail({ code: `${role}-variable`, role, ref, key, variable, origin, unknown, known, release });
    }
    if (!parseImageRef(ref)) {
      const empty = parts.flatMap((part) => (part.from === 'ldflag' && part.text === '' ? part.ldflag : []));
      return fail({ code: `${role}-invalid`, role, ref, key, variable, origin, empty });
    }
    if (!engine.reach.same || engine.asked.has(ref) || willBeMade(peer, ref)) return [];
    return fail(absentProblem(input, image));
  });
}

function namespaceProblem({ peer, engine, images }: ProblemInput): Finding[] {
  const imageNamespace = namespaceOf(peer.imageRef);
  const { dockerNs } = peer.version.compiled;
  const asks = images.filter(({ parts }) =>
    parts.some((part) => part.from === 'ldflag' && part.ldflag === 'DockerNamespace'),
  );
  // Where one of them is absent, that is said with its repair.
  const allThere = asks.every(({ ref }) => engine.asked.has(ref));
  if (imageNamespace === '' || imageNamespace === dockerNs || asks.length === 0 || !allThere) return [];
  return [
    {
      severity: 'warn',
      problem: { code: 'namespace', compiled: dockerNs, image: peer.imageRef, imageNamespace },
    },
  ];
}

function engineProblems({ peer, engine }: ProblemInput): Finding[] {
  const { reach } = engine;
  if (!reach.same) {
    const { endpoint, origin, how, hostPath } = reach;
    const asked = engine.endpoint;
    return [{ severity: 'fail', problem: { code: 'other-engine', endpoint, origin, asked, how, hostPath } }];
  }
  const { engineApi } = peer.version.compiled.release;
  const side = apiMismatch(engineApi, engine);
  if (side === undefined) return [];
  const { version, api, minApi } = engine;
  return [
    {
      severity: 'fail',
      problem: {
        code: 'engine-api',
        release: peer.version.release,
        peer: engineApi,
        engine: { version, api, minApi },
        side,
      },
    },
  ];
}

/** Modes that name no network of their own. */
const BUILT_IN = /^(|host|bridge|default|none|container:.*)$/;

function networkProblem({ peer, engine, config }: ProblemInput): Finding[] {
  const found = config('vm.docker.hostConfig.NetworkMode');
  if (!found || !engine.reach.same || BUILT_IN.test(found.value)) return [];
  // `up` makes the network along with the rest.
  if (peer.subject.kind === 'configuration') return [];
  const { value: mode, origin } = found;
  const network = engine.networks.find(({ id, name }) => name === mode || id === mode);
  const attached = peer.container?.networks ?? [];
  const isInside = !peer.container || attached.includes(network?.name ?? '');
  if (network && isInside) return [];
  return [
    {
      severity: network ? 'warn' : 'fail',
      problem: { code: 'network-mode', mode, origin, exists: network !== undefined, attached },
    },
  ];
}

function pullProblem({ peer, engine, images, config }: ProblemInput): Finding[] {
  const { release } = peer.version.compiled;
  const runtime = images.find(({ role }) => role === 'runtime');
  const local = runtime && engine.asked.get(runtime.ref);
  // Absent is said already; and what came from a registry will come again.
  if (!runtime || !local || local.digests.length > 0) return [];
  const configured = /^(true|t|1)$/i.test(config('chaincode.pull')?.value ?? '');
  if (release.runtimePull === 'never' || (release.runtimePull === 'chaincode.pull' && !configured)) return [];
  const cause = release.runtimePull === 'always' ? 'release' : 'chaincode.pull';
  return [
    {
      severity: 'fail',
      problem: { code: 'always-pull', release: peer.version.release, ref: runtime.ref, cause },
    },
  ];
}

function architectureProblems({ peer, engine, images }: ProblemInput): Finding[] {
  const should = engine.arch;
  const wrong = (of: 'peer' | GoRole, ref: string, is: string | undefined): Finding[] =>
    is === undefined || is === should
      ? []
      : [
          {
            severity: of === 'peer' ? 'warn' : 'fail',
            problem: { code: 'architecture', of, ref, is, should },
          },
        ];
  return [
    ...wrong('peer', peer.imageRef, peer.image?.architecture),
    ...images.flatMap(({ role, ref }) => wrong(role, ref, engine.asked.get(ref)?.architecture)),
  ];
}

function staleProblem({ engine, images }: ProblemInput): Finding[] {
  const builder = images.find(({ role }) => role === 'builder');
  const since = engine.builderSince ?? engine.asked.get(builder?.ref ?? '')?.created;
  if (!builder || since === undefined) return [];
  const stale = engine.chaincode.filter(({ created }) => created < since).map(({ name }) => name);
  if (stale.length === 0) return [];
  return [
    { severity: 'warn', problem: { code: 'stale-chaincode', images: stale.sort(), builder: builder.ref } },
  ];
}

function readingProblems({ peer }: ProblemInput): Finding[] {
  const { version, coreYaml, versionProblem } = peer;
  const findings: Finding[] = [];
  if (coreYaml.text === undefined) {
    const problem: Problem = { code: 'core-yaml-missing', path: coreYaml.path };
    findings.push({ severity: 'fail', problem });
  }
  if (versionProblem !== undefined) {
    const problem: Problem = { code: 'version-unknown', detail: versionProblem, taken: version.origin };
    findings.push({ severity: 'warn', problem });
  }
  if (!version.releaseKnown) {
    const { compiled, release } = version;
    findings.push({
      severity: 'warn',
      problem: { code: 'release-guessed', version: compiled.version, release },
    });
  }
  return findings;
}

/** The worst first, each kind once. */
export function findProblems(input: ProblemInput): Finding[] {
  const found = [
    ...readingProblems(input),
    ...referenceProblems(input),
    ...engineProblems(input),
    ...networkProblem(input),
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
