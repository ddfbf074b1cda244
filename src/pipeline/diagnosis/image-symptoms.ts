/** Chaincode's builder and runtime, and images that a registry should give. */
import type { AskedImage, Evidence, Facts, SignMatch, Symptom } from './symptom.ts';

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

type Role = AskedImage['role'];

function absent(role: Role, { asked }: Evidence): AskedImage | undefined {
  return asked.find((image) => image.role === role && !image.here);
}

function factsOf({ role, ref, key, own }: AskedImage): Facts {
  return { role, image: ref, key, own };
}

/** Offline, the engine says that it reached no registry and not for which image: what is asked for tells. */
function isAbsent(role: Role): Symptom['confirm'] {
  return (_, evidence) => {
    const image = absent(role, evidence);
    return image && factsOf(image);
  };
}

/** The image that is asked for and the one that is here differ in one part of the name only. */
function differs(role: Role, how: (asked: string, own: string) => boolean): Symptom['confirm'] {
  return (_, evidence) => {
    const image = absent(role, evidence);
    return image && how(image.ref, image.own) ? factsOf(image) : undefined;
  };
}

function inNamespace(asked: string, own: string): boolean {
  return nameOf(asked) === nameOf(own) && repositoryOf(asked) !== repositoryOf(own);
}

function inTag(asked: string, own: string): boolean {
  return repositoryOf(asked) === repositoryOf(own) && tagOf(asked) !== tagOf(own);
}

/** In all lines: the peer pulls the builder itself, and then says so. */
const BUILDER = [/Failed to pull \S+?: /] as const;
/** The runtime is pulled by the engine, whose bare words stand behind the peer's. */
const RUNTIME = [
  /(?:error starting container|Error starting container|docker image build failed|docker build failed): (?!.*Failed to pull)(?:.*: )?(?:Get "?https?:\/\/.*|.*dial tcp: lookup .*|pull access denied for .*|manifest for .*|.*no such image.*|.*i\/o timeout.*)$/i,
] as const;

function unfilled({ facts }: SignMatch, { asked }: Evidence): Facts | undefined {
  for (const image of asked) {
    const variable = /\$\([^)]*\)/.exec(image.ref)?.[0];
    if (variable) return { ...facts, ...factsOf(image), variable };
  }
  return undefined;
}

function pulledAlthoughHere({ facts }: SignMatch, { asked }: Evidence): Facts | undefined {
  const here = asked.find(
    ({ role, here, ref }) => role === 'runtime' && here && repositoryOf(ref) === facts.repository,
  );
  return here && { ...facts, image: here.ref };
}

/** The modules of ccaas_builder are not in the checkout; a test of it that fails is another case. */
function notFetched({ facts, lines }: SignMatch): Facts | undefined {
  const isNetwork = lines.some((line) => /dial tcp|no such host|i\/o timeout|connection refused/.test(line));
  return facts.program !== 'make ccaasbuilder' || isNetwork ? facts : undefined;
}

export const imageSymptoms = [
  {
    id: 'upstream-offline',
    sources: ['failure'],
    signs: [
      /The command '\/bin\/sh -c (?<program>apk|apt|curl|make ccaasbuilder)(?: .*)?' returned a non-zero code/,
    ],
    weight: 4,
    confirm: notFetched,
  },
  {
    id: 'builder-other-namespace',
    sources: ['failure', 'node'],
    signs: BUILDER,
    weight: 4,
    confirm: differs('builder', inNamespace),
  },
  {
    id: 'runtime-other-namespace',
    sources: ['failure', 'node'],
    signs: RUNTIME,
    weight: 4,
    confirm: differs('runtime', inNamespace),
  },
  {
    id: 'builder-other-tag',
    sources: ['failure', 'node'],
    signs: BUILDER,
    weight: 4,
    confirm: differs('builder', inTag),
  },
  {
    id: 'runtime-other-tag',
    sources: ['failure', 'node'],
    signs: RUNTIME,
    weight: 4,
    confirm: differs('runtime', inTag),
  },
  {
    id: 'builder-absent',
    sources: ['failure', 'node'],
    signs: BUILDER,
    weight: 3,
    confirm: isAbsent('builder'),
  },
  {
    id: 'runtime-absent',
    sources: ['failure', 'node'],
    signs: RUNTIME,
    weight: 3,
    confirm: isAbsent('runtime'),
  },
  {
    id: 'runtime-pulled-although-here',
    sources: ['failure', 'node'],
    signs: [/(?:starting container|build failed): (?:.*: )?pull access denied for (?<repository>[^\s,]+)/],
    weight: 3,
    confirm: pulledAlthoughHere,
  },
  {
    id: 'reference-unfilled',
    sources: ['failure', 'node'],
    signs: [/(?<said>invalid (?:reference|tag) format)/],
    weight: 3,
    confirm: unfilled,
  },
  {
    id: 'reference-invalid',
    sources: ['failure', 'node'],
    signs: [/(?<said>invalid (?:reference|tag) format.*)/],
    weight: 2,
  },
  {
    id: 'ccenv-latest-gone',
    sources: ['failure', 'node'],
    signs: [/manifest for (?<image>\S*fabric-ccenv:latest) not found/],
    weight: 3,
  },
  {
    id: 'tools-gone',
    sources: ['failure', 'node'],
    signs: [/manifest for (?<image>\S*fabric-tools:3[\w.]*) not found/],
    weight: 3,
  },
  {
    id: 'pull-rate-limit',
    sources: ['failure', 'node'],
    signs: [/toomanyrequests: |reached your (?:unauthenticated )?pull rate limit/],
    weight: 3,
  },
  {
    id: 'no-image-for-architecture',
    sources: ['failure', 'node'],
    signs: [/no matching manifest for (?<platform>\S+)/],
    weight: 3,
  },
  {
    id: 'program-of-other-architecture',
    sources: ['failure', 'node', 'chaincode'],
    signs: [/exec (?:user process|(?<program>\/\S+)).*: exec format error/],
    weight: 3,
  },
  {
    id: 'emulated-go',
    sources: ['failure', 'node', 'chaincode'],
    signs: [/lfstack\.push invalid packing/],
    weight: 3,
  },
  {
    id: 'version-of-two-words',
    sources: ['failure', 'node'],
    signs: [/failed to parse Dockerfile: Syntax error - can't find = in "(?<word>[^"]+)"/i],
    weight: 3,
  },
  {
    id: 'builder-not-pulled',
    sources: ['failure', 'node'],
    signs: [/Failed to pull (?<image>\S+?): /],
    weight: 2,
  },
  {
    id: 'image-not-in-registry',
    sources: ['failure', 'node'],
    signs: [
      /pull access denied for (?<image>[^\s,]+)/,
      /manifest for (?<image>\S+) not found/,
      /(?<image>[\w./-]+:[\w.-]+)\b.*manifest unknown/,
    ],
    weight: 2,
  },
  {
    id: 'image-vanished',
    sources: ['failure', 'node'],
    signs: [/No such image: (?<image>[^\s"]+)/i],
    weight: 2,
  },
  {
    id: 'registry-unreachable',
    sources: ['failure', 'node'],
    signs: [
      /https?:\/\/(?<host>[^\s/"]+)\/v[12]\/.*(?:no such host|i\/o timeout|connection refused|Client\.Timeout|network is unreachable|TLS handshake timeout)/,
    ],
    weight: 1,
  },
] as const satisfies readonly Symptom[];
