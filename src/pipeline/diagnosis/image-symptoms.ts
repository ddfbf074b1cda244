/** Symptoms of chaincode's builder and runtime images, and of registries. */
import type { DiagnosisFacts } from '../core/diagnosis-types.ts';
import type { PeerImageStatus } from '../resolve/peer-images.ts';
import type { GoRole } from '../resolve/resolve-report.ts';
import type { Evidence, PatternMatch, Symptom } from './symptom.ts';

function repositoryOf(ref: string): string {
  const last = ref.lastIndexOf('/');
  const colon = ref.indexOf(':', last + 1);
  return colon < 0 ? ref : ref.slice(0, colon);
}

function tagOf(ref: string): string {
  return ref.slice(repositoryOf(ref).length + 1) || 'latest';
}

function nameOf(ref: string): string {
  return repositoryOf(ref).slice(repositoryOf(ref).lastIndexOf('/') + 1);
}

function absent(role: GoRole, { peerImages }: Evidence): PeerImageStatus | undefined {
  return peerImages.find((image) => image.role === role && !image.present);
}

function factsOf({ role, ref, key, origin, projectRef }: PeerImageStatus): DiagnosisFacts {
  return { role, image: ref, key: origin === 'core.yaml' ? key : origin, own: projectRef };
}

/** Offline, the engine's error does not name the image, so the image that the peer asks for decides. */
function isAbsent(role: GoRole): Symptom['confirm'] {
  return (_, evidence) => {
    const image = absent(role, evidence);
    return image && factsOf(image);
  };
}

/** Confirms if the reference that the peer asks for and the project's own differ in one part only. */
function differs(role: GoRole, compare: (wanted: string, own: string) => boolean): Symptom['confirm'] {
  return (_, evidence) => {
    const image = absent(role, evidence);
    return image && compare(image.ref, image.projectRef) ? factsOf(image) : undefined;
  };
}

function inNamespace(wanted: string, own: string): boolean {
  return nameOf(wanted) === nameOf(own) && repositoryOf(wanted) !== repositoryOf(own);
}

function inTag(wanted: string, own: string): boolean {
  return repositoryOf(wanted) === repositoryOf(own) && tagOf(wanted) !== tagOf(own);
}

/** In every release the peer pulls the builder itself and reports it with this text. */
const BUILDER = [/Failed to pull \S+?: /];
/** The engine pulls the runtime; the peer's message ends with the engine's error. */
const RUNTIME = [
  /(?:error starting container|Error starting container|docker image build failed|docker build failed): (?!.*Failed to pull)(?:.*: )?(?:Get "?https?:\/\/.*|.*dial tcp: lookup .*|pull access denied for .*|manifest for .*|.*no such image.*|.*i\/o timeout.*)$/i,
];

function unfilled({ facts }: PatternMatch, { peerImages }: Evidence): DiagnosisFacts | undefined {
  for (const image of peerImages) {
    const variable = /\$\([^)]*\)/.exec(image.ref)?.[0];
    if (variable) return { ...facts, ...factsOf(image), variable };
  }
  return undefined;
}

function pulledAlthoughPresent(
  { facts }: PatternMatch,
  { peerImages }: Evidence,
): DiagnosisFacts | undefined {
  const image = peerImages.find(
    ({ role, present, ref }) => role === 'runtime' && present && repositoryOf(ref) === facts.repository,
  );
  return image && { ...facts, image: image.ref };
}

/** `make ccaasbuilder` downloads modules and runs tests; only the failed download is a network problem. */
function notFetched({ facts, lines }: PatternMatch): DiagnosisFacts | undefined {
  const isNetwork = lines.some((line) => /dial tcp|no such host|i\/o timeout|connection refused/.test(line));
  return facts.program !== 'make ccaasbuilder' || isNetwork ? facts : undefined;
}

export const imageSymptoms: readonly Symptom[] = [
  {
    id: 'upstream-offline',
    sources: ['failure'],
    patterns: [
      /The command '\/bin\/sh -c (?<program>apk|apt|curl|make ccaasbuilder)(?: .*)?' returned a non-zero code/,
    ],
    weight: 4,
    confirm: notFetched,
  },
  {
    id: 'builder-other-namespace',
    sources: ['failure', 'node'],
    patterns: BUILDER,
    weight: 4,
    confirm: differs('builder', inNamespace),
  },
  {
    id: 'runtime-other-namespace',
    sources: ['failure', 'node'],
    patterns: RUNTIME,
    weight: 4,
    confirm: differs('runtime', inNamespace),
  },
  {
    id: 'builder-other-tag',
    sources: ['failure', 'node'],
    patterns: BUILDER,
    weight: 4,
    confirm: differs('builder', inTag),
  },
  {
    id: 'runtime-other-tag',
    sources: ['failure', 'node'],
    patterns: RUNTIME,
    weight: 4,
    confirm: differs('runtime', inTag),
  },
  {
    id: 'builder-absent',
    sources: ['failure', 'node'],
    patterns: BUILDER,
    weight: 3,
    confirm: isAbsent('builder'),
  },
  {
    id: 'runtime-absent',
    sources: ['failure', 'node'],
    patterns: RUNTIME,
    weight: 3,
    confirm: isAbsent('runtime'),
  },
  {
    id: 'runtime-pulled-although-here',
    sources: ['failure', 'node'],
    patterns: [/(?:starting container|build failed): (?:.*: )?pull access denied for (?<repository>[^\s,]+)/],
    weight: 3,
    confirm: pulledAlthoughPresent,
  },
  {
    id: 'reference-unfilled',
    sources: ['failure', 'node'],
    patterns: [/(?<error>invalid (?:reference|tag) format)/],
    weight: 3,
    confirm: unfilled,
  },
  {
    id: 'reference-invalid',
    sources: ['failure', 'node'],
    patterns: [/(?<error>invalid (?:reference|tag) format.*)/],
    weight: 2,
  },
  {
    id: 'ccenv-latest-gone',
    sources: ['failure', 'node'],
    patterns: [/manifest for (?<image>\S*fabric-ccenv:latest) not found/],
    weight: 3,
  },
  {
    id: 'tools-gone',
    sources: ['failure', 'node'],
    patterns: [/manifest for (?<image>\S*fabric-tools:3[\w.]*) not found/],
    weight: 3,
  },
  {
    id: 'pull-rate-limit',
    sources: ['failure', 'node'],
    patterns: [/toomanyrequests: |reached your (?:unauthenticated )?pull rate limit/],
    weight: 3,
  },
  {
    id: 'no-image-for-architecture',
    sources: ['failure', 'node'],
    patterns: [/no matching manifest for (?<platform>\S+)/],
    weight: 3,
  },
  {
    id: 'program-of-other-architecture',
    sources: ['failure', 'node', 'chaincode'],
    patterns: [/exec (?:user process|(?<program>\/\S+)).*: exec format error/],
    weight: 3,
  },
  {
    id: 'emulated-go',
    sources: ['failure', 'node', 'chaincode'],
    patterns: [/lfstack\.push invalid packing/],
    weight: 3,
  },
  {
    id: 'version-of-two-words',
    sources: ['failure', 'node'],
    patterns: [/failed to parse Dockerfile: Syntax error - can't find = in "(?<word>[^"]+)"/i],
    weight: 3,
  },
  {
    id: 'builder-not-pulled',
    sources: ['failure', 'node'],
    patterns: [/Failed to pull (?<image>\S+?): /],
    weight: 2,
  },
  {
    id: 'image-not-in-registry',
    sources: ['failure', 'node'],
    patterns: [
      /pull access denied for (?<image>[^\s,]+)/,
      /manifest for (?<image>\S+) not found/,
      /(?<image>[\w./-]+:[\w.-]+)\b.*manifest unknown/,
    ],
    weight: 2,
  },
  {
    id: 'image-vanished',
    sources: ['failure', 'node'],
    patterns: [/No such image: (?<image>[^\s"]+)/i],
    weight: 2,
  },
  {
    id: 'registry-unreachable',
    sources: ['failure', 'node'],
    patterns: [
      /https?:\/\/(?<host>[^\s/"]+)\/v[12]\/.*(?:no such host|i\/o timeout|connection refused|Client\.Timeout|network is unreachable|TLS handshake timeout)/,
    ],
    weight: 1,
  },
];
