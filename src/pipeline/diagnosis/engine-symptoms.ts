/** Symptoms of the Docker Engine: how peers reach it, and what it rejects. */
import type { DiagnosisFacts } from '../core/diagnosis-types.ts';
import type { Evidence, PatternMatch, Symptom } from './symptom.ts';

/** Adds the request that the gateway refused, from its record. */
function withRequest({ facts }: PatternMatch, { logs }: Evidence): DiagnosisFacts | undefined {
  // The client may quote the answer, and then a quotation mark in it ends what is found.
  const begin = (facts.reason ?? '').trim();
  const record = logs
    .flatMap(({ source, lines }) => (source === 'node' ? lines : []))
    .findLast((line) => line.includes(' WARN refused ') && line.includes(`: ${begin}`));
  const { reason = begin, ...found } =
    / refused (?<peer>\S+) (?<request>[A-Z]+ \S+): (?<reason>.+)$/.exec(record ?? '')?.groups ?? {};
  return { ...facts, ...found, reason };
}

/**
 * A peer that loses its connection reports the same as with an engine that closes it. If the gateway runs again, only a
 * lost connection proves that it was gone.
 */
function withState({ facts }: PatternMatch, { containers }: Evidence): DiagnosisFacts | undefined {
  const gateway = containers.find(({ node }) => node === 'gateway');
  if (!gateway || (gateway.state === 'running' && facts.lost === undefined)) return undefined;
  return { status: gateway.status };
}

export const engineSymptoms: readonly Symptom[] = [
  {
    id: 'engine-too-new-for-peer',
    sources: ['failure', 'node'],
    patterns: [/write unix @->(?<socket>\S+): write: broken pipe/],
    weight: 3,
  },
  {
    id: 'engine-too-old-for-client',
    sources: ['failure', 'node'],
    patterns: [
      /client version (?<client>[\d.]+) is too new\. Maximum supported API version is (?<max>[\d.]+)/,
    ],
    weight: 3,
  },
  {
    id: 'client-too-old-for-engine',
    sources: ['failure', 'node'],
    patterns: [
      /client version (?<client>[\d.]+) is too old\. Minimum supported API version is (?<min>[\d.]+)/,
    ],
    weight: 3,
  },
  {
    id: 'engine-answers-no-inspection',
    sources: ['failure', 'node'],
    patterns: [/docker image inspection failed: Error response from daemon/],
    weight: 2,
  },
  {
    id: 'gateway-refuses',
    sources: ['failure', 'node'],
    patterns: [
      // Its record, as it is shown.
      / WARN refused (?<peer>\S+) (?<request>[A-Z]+ \S+): (?<reason>.+)$/,
      // Its answer, in the words of the peer's client.
      /fabric-wizard gateway: (?<reason>[^"\\]+)/,
    ],
    weight: 4,
    confirm: withRequest,
  },
  {
    id: 'gateway-gone',
    sources: ['failure', 'node'],
    patterns: [
      // Broken pipe, connection reset, use of closed network connection, end of file: it depends on the moment.
      /(?<lost>\bunix @?->\S+: \S)/,
      /unix\.sock\/\S*: (?<lost>(?:unexpected )?EOF)/,
      // What a peer says of each of its requests: `dockerutil` and `dockercontroller` of Fabric. What a builder has printed is not meant.
      /(?:starting|creating|attaching to|waiting for|to the) container\b.*(?<!returned from build: .*): (?<lost>(?:unexpected )?EOF)(?=$|["\s])/,
      /(?:executing build|uploading input|downloading output|building image|docker (?:image )?(?:build|inspection)\b).*(?<!returned from build: .*): (?<lost>(?:unexpected )?EOF)(?=$|["\s])/,
      /dial unix \S+: connect: (?<lost>connection refused|no such file or directory)/,
      /(?<lost>cannot connect to Docker endpoint)/,
      /error starting container|docker (?:image )?(?:build|inspection) failed/,
    ],
    weight: 4,
    confirm: withState,
  },
  {
    id: 'socket-not-in-peer',
    sources: ['failure', 'node'],
    patterns: [/dial unix (?<socket>\S+): connect: no such file or directory/],
    weight: 3,
  },
  {
    id: 'socket-denied',
    sources: ['failure', 'node'],
    patterns: [/permission denied while trying to connect to the Docker daemon socket/i],
    weight: 3,
  },
  {
    id: 'socket-denied-in-container',
    sources: ['failure', 'node'],
    // On the host, docker adds a sentence of its own.
    patterns: [
      /^(?!.*permission denied while trying).*dial unix (?<socket>\S+): connect: permission denied/i,
    ],
    weight: 3,
    checks: ['confinement', 'selinux'],
  },
  {
    id: 'socket-refused',
    sources: ['failure', 'node'],
    // Peers up to 2.x replace the refusal of the socket with a sentence of their client library.
    patterns: [/dial unix (?<socket>\S+): connect: connection refused/, /cannot connect to Docker endpoint/],
    weight: 3,
    checks: ['socket'],
  },
  {
    id: 'endpoint-wrong',
    sources: ['failure', 'node'],
    patterns: [/(?<error>failed to (?:ping|connect) to Docker daemon)/],
    weight: 2,
  },
  {
    id: 'engine-gone',
    sources: ['failure'],
    patterns: [
      /Cannot connect to the Docker daemon at (?<socket>\S+?)\. Is the docker daemon running/,
      /connect (?:ENOENT|ECONNREFUSED) (?<socket>\S*docker\S*)/,
      // The engine's own answers while it stops.
      /database not open/,
      /(?:containerd|shim).*(?:ttrpc: closed|transport is closing)/,
      // Compose 1 and 2, when the engine ends before or during a request.
      /Couldn't connect to Docker daemon/,
      /\('Connection aborted\.', (?!PermissionError)\w+\(/,
      /error during connect: .*(?:EOF|connection reset by peer|connection refused|no such file or directory)/,
    ],
    weight: 3,
  },
  {
    id: 'address-pools-used-up',
    sources: ['failure'],
    patterns: [
      /could not find an available, non-overlapping IPv4 address pool/,
      /all predefined address pools have been fully subnetted/,
    ],
    weight: 3,
  },
  {
    id: 'container-name-taken',
    sources: ['failure'],
    patterns: [/The container name "\/?(?<container>[^"]+)" is already in use by container/],
    weight: 3,
  },
  {
    id: 'compose-too-old',
    sources: ['failure'],
    patterns: [/Version in "(?<file>[^"]+)" is unsupported/],
    weight: 3,
  },
  {
    id: 'firewall-rules-gone',
    sources: ['failure', 'node'],
    patterns: [/iptables failed: iptables .*?: (?<reason>[^()]+)/],
    weight: 4,
  },
  {
    id: 'bridge-gone',
    sources: ['failure', 'node'],
    patterns: [/could not find bridge (?<bridge>[^\s:]+)/],
    weight: 4,
  },
  {
    id: 'mounts-denied',
    sources: ['failure'],
    patterns: [/Mounts denied/],
    weight: 3,
  },
];
