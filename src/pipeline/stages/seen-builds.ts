/** Watches the builds of a chaincode: in the record of the gateway, or else in the engine's events. */
import type { StageContext } from '../context/run-context.ts';
import type { EarlierBuild } from '../core/events.ts';
import { WizardFailure } from '../core/failure.ts';
import { until } from '../core/waiting.ts';
import { type GatewayRecord, gatewayRecord, recordText } from '../network/gateway-record.ts';

/** What was seen of the build of a chaincode image. */
export interface SeenBuild {
  /** Id of the image that the builder container had. */
  readonly builderId: string;
  /** Id of the image that the chaincode image is based on; undefined if only the layers can tell. */
  readonly runtimeId?: string;
  /** Id of the chaincode image when it was built. */
  readonly imageId?: string;
  /** The peer that has compiled the program, if it is another one. */
  readonly from?: string;
  /** The build of an earlier run that the program is from, if it was not compiled now. */
  readonly earlier?: EarlierBuild;
}

export type SeenBuilds = ReadonlyMap<string, SeenBuild>;

export interface BuildWatch {
  /**
   * Returns the builds of these chaincode images, as far as any were seen. The names are without tag.
   * @throws WizardFailure `engine-lost` if the engine stopped reporting
   */
  readonly seen: (images: readonly string[]) => Promise<SeenBuilds>;
  readonly stop: () => void;
}

type WatchContext = Pick<StageContext, 'docker' | 'signal' | 'report'>;

/** Number of earlier lines of the record that may belong to this test: its first peer may already build. */
const EARLIER_LINES = 200;
/** How far the clock of the engine may be behind this one. */
const CLOCK_TOLERANCE_MS = 5000;
/** The engine passes on what a container writes within milliseconds. */
const RECORD_DEADLINE_MS = 10_000;

/** Peers and engine may add the default tag to the name of a chaincode image. */
function withoutTag(image: string): string {
  return image.replace(/:latest$/, '');
}

/**
 * Watches the records of gateways, and shows the progress of the builds.
 * @param gateways ids of their containers
 * @param images the chaincode images of this test, without tag
 */
export function watchRecord(
  { docker, signal, report }: WatchContext,
  gateways: readonly string[],
  images: ReadonlySet<string>,
): BuildWatch {
  const isOurs = (image: string) => images.has(withoutTag(image));
  const abort = new AbortController();
  const built = new Map<string, SeenBuild>();
  const begun = Date.now() - CLOCK_TOLERANCE_MS;
  const containers = new Set<string>();
  const concerns = (record: GatewayRecord): boolean => {
    switch (record.type) {
      case 'missing':
      case 'refused':
      case 'engine-lost':
        // They name no build, so earlier ones may belong to anything.
        return Date.parse(record.time) >= begun;
      case 'compile':
        if (record.image !== undefined && isOurs(record.image)) containers.add(record.container);
        return containers.has(record.container);
      case 'output':
      case 'compiled':
        return containers.has(record.container);
      case 'image':
      case 'build-failed':
        return isOurs(record.image);
      default:
        return false;
    }
  };
  const take = (record: GatewayRecord) => {
    if (!concerns(record)) return;
    report.log(recordText(record));
    if (record.type === 'refused') {
      const { peer, request, reason } = record;
      report.warn('gateway-refused', { key: 'warning.gateway-refused', peer, request, reason });
    }
    if (record.type !== 'image') return;
    const { image, builderId = '', runtimeId, imageId, from, builtAt, key = '' } = record;
    const earlier = builtAt === undefined ? {} : { earlier: { at: builtAt, record: key } };
    built.set(withoutTag(image), { builderId, runtimeId, imageId, from, ...earlier });
  };
  let lost: unknown;
  const follow = async (gateway: string) => {
    await docker.followLog(gateway, {
      tail: EARLIER_LINES,
      signal: AbortSignal.any([signal, abort.signal]),
      onLine: (line) => {
        const record = gatewayRecord(line);
        if (record) take(record);
      },
    });
    if (abort.signal.aborted || signal.aborted) return;
    lost = new WizardFailure({
      kind: 'check',
      what: 'gateway',
      expected: { key: 'state.running' },
      got: { key: 'state.ended' },
    });
  };
  for (const gateway of gateways)
    follow(gateway).catch((error: unknown) => {
      if (!abort.signal.aborted) lost = error;
    });
  return {
    seen: (wanted) =>
      until<SeenBuilds>({
        what: { key: 'wait.record' },
        deadlineMs: RECORD_DEADLINE_MS,
        signal,
        poll: async () => {
          const missing = wanted.filter((image) => !built.has(image));
          if (missing.length === 0) return { yes: built };
          if (lost) throw lost;
          return { no: missing.join(', ') };
        },
      }),
    stop: () => abort.abort(),
  };
}

/**
 * Adds the images that a peer has built for peers on other machines, whose gateways see no build.
 * @param shared names of these images
 */
export function withShared(
  watch: BuildWatch,
  shared: readonly string[],
  built: { readonly image: string; readonly peer: string },
): BuildWatch {
  if (shared.length === 0) return watch;
  return {
    ...watch,
    seen: async (wanted) => {
      const seen = new Map(await watch.seen(wanted.filter((image) => !shared.includes(image))));
      const build = seen.get(built.image);
      if (build) for (const image of shared) seen.set(image, { ...build, from: built.peer });
      return seen;
    },
  };
}

/**
 * Watches the engine's events: every container that is created from the builder's reference, and every name that an
 * image gets. They do not tell which peer created a container.
 */
export async function watchEvents({ docker }: WatchContext, builderRef: string): Promise<BuildWatch> {
  const imageIds: Promise<string>[] = [];
  const named = new Set<string>();
  let lost: WizardFailure | undefined;
  const imageOf = async (container: string) =>
    // It is not counted, so the proof fails if no other builder is known.
    (await docker.containerImage(container).catch(() => undefined))?.id ?? '';
  const stop = await docker.watchEvents(
    { type: ['container', 'image'], event: ['create', 'tag'] },
    ({ type, action, id, attributes }) => {
      const { image, name = '' } = attributes;
      if (type === 'container' && action === 'create' && image === builderRef) imageIds.push(imageOf(id));
      if (type === 'image' && action === 'tag') named.add(withoutTag(name));
    },
    (failure) => {
      lost = failure;
    },
  );
  return {
    seen: async (images) => {
      const ids = new Set((await Promise.all(imageIds)).filter((id) => id !== ''));
      // Builds after the end of the events were not seen, so nothing is proved or refuted.
      if (lost) throw lost;
      const built = images.filter((image) => named.has(image));
      const [only = ''] = ids;
      // A larger number is no failure: peers of another network may build with the same image at the same time.
      const builderId = ids.size === 1 && imageIds.length >= built.length ? only : '';
      return new Map(built.map((image) => [image, { builderId }]));
    },
    stop,
  };
}
