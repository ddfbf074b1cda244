/** PURE: a channel's configuration as configtxlator decodes it, and the changes that bring in organisations. */
import * as z from 'zod/mini';
import { GENESIS_CONSORTIUM } from './configtx.ts';
import { isCovered, revocationsIn } from './crl-serials.ts';
import { anchorPeer, type OrgSpec } from './network-spec.ts';

/** A group of a channel's configuration. What is not named here is kept as it is. */
export interface ConfigGroup {
  readonly groups: Readonly<Record<string, ConfigGroup>>;
  readonly values: Readonly<Record<string, unknown>>;
  readonly [other: string]: unknown;
}

export interface ChannelConfig {
  readonly channel_group: ConfigGroup;
  readonly [other: string]: unknown;
}

const groupSchema: z.ZodMiniType<ConfigGroup> = z.lazy(() =>
  z.looseObject({
    groups: z.pipe(
      z.nullish(z.record(z.string(), groupSchema)),
      z.transform((groups) => groups ?? {}),
    ),
    values: z.pipe(
      z.nullish(z.record(z.string(), z.unknown())),
      z.transform((values) => values ?? {}),
    ),
  }),
) as z.ZodMiniType<ConfigGroup>;

const blockSchema = z.object({
  data: z.object({
    data: z.tuple([
      z.object({
        payload: z.object({
          data: z.object({ config: z.looseObject({ channel_group: groupSchema }) }),
        }),
      }),
    ]),
  }),
});

/** Returns the configuration in a decoded configuration block. */
export function configIn(block: string): ChannelConfig {
  return blockSchema.parse(JSON.parse(block)).data.data[0].payload.data.config;
}

/** Where organisations with peers are: in a channel that has an application, or in the consortium of a system channel. */
function placeOf({ channel_group: { groups } }: ChannelConfig): readonly string[] {
  return groups.Consortiums ? ['Consortiums', GENESIS_CONSORTIUM] : ['Application'];
}

function groupAt(config: ChannelConfig, path: readonly string[]): ConfigGroup {
  return path.reduce<ConfigGroup>((group, name) => {
    const found = group.groups[name];
    if (!found) throw new Error(`the configuration has no group ${name}`);
    return found;
  }, config.channel_group);
}

function withGroups(group: ConfigGroup, path: readonly string[], more: ConfigGroup['groups']): ConfigGroup {
  const [name, ...rest] = path;
  if (name === undefined) return { ...group, groups: { ...group.groups, ...more } };
  const inner = group.groups[name];
  if (!inner) throw new Error(`the configuration has no group ${name}`);
  return { ...group, groups: { ...group.groups, [name]: withGroups(inner, rest, more) } };
}

function withAnchor(group: ConfigGroup, org: OrgSpec): ConfigGroup {
  const { name: host, listens: port } = anchorPeer(org);
  const value = { mod_policy: 'Admins', value: { anchor_peers: [{ host, port }] }, version: '0' };
  return { ...group, values: { ...group.values, AnchorPeers: value } };
}

/**
 * Returns the configuration with these organisations, each with its anchor peer if it is that of a channel with an
 * application.
 * @param source a configuration that has the groups of these organisations
 * @returns undefined if nothing is missing
 */
export function withOrganisations(
  config: ChannelConfig,
  source: ChannelConfig,
  orgs: readonly OrgSpec[],
): ChannelConfig | undefined {
  const place = placeOf(config);
  const isApplication = place[0] === 'Application';
  const { groups: present } = groupAt(config, place);
  const { groups: known } = groupAt(source, placeOf(source));
  const missing = orgs.flatMap((org): [string, ConfigGroup][] => {
    const group = present[org.mspId] ?? known[org.mspId];
    if (!group) throw new Error(`no definition of ${org.mspId}`);
    const isComplete = !isApplication || group.values.AnchorPeers !== undefined;
    if (isComplete) return present[org.mspId] ? [] : [[org.mspId, group]];
    return [[org.mspId, withAnchor(group, org)]];
  });
  if (missing.length === 0) return undefined;
  return { ...config, channel_group: withGroups(config.channel_group, place, Object.fromEntries(missing)) };
}

/** Returns the organisations of a configuration, by their MSP ids. */
export function organisationsIn(config: ChannelConfig): readonly string[] {
  return Object.keys(groupAt(config, placeOf(config)).groups);
}

const mspSchema = z.looseObject({
  value: z.looseObject({
    config: z.looseObject({
      name: z.optional(z.string()),
      revocation_list: z.optional(z.nullable(z.array(z.string()))),
    }),
  }),
});

/** Groups of a channel with definitions of organisations. Two definitions of one MSP have to be equal. */
const MSP_PLACES = ['Application', 'Orderer'];

/**
 * Returns the lists with one more: instead of those that it covers, beside the others, such as one that another CA of the
 * organisation has made. Lists are in base64.
 * @returns undefined if one of them covers it
 */
function mergedLists(present: readonly string[], crl: string): readonly string[] | undefined {
  const added = Buffer.from(crl).toString('base64');
  const revocations = revocationsIn(crl);
  const known = present.map((list) => ({
    list,
    revokes: revocationsIn(Buffer.from(list, 'base64').toString('latin1')),
  }));
  const isThere = known.some(
    ({ list, revokes }) => list === added || (revocations && revokes && isCovered(revocations, revokes)),
  );
  if (isThere) return undefined;
  const others = known.filter(({ revokes }) => !(revocations && revokes && isCovered(revokes, revocations)));
  return [...others.map(({ list }) => list), added];
}

/**
 * Returns the configuration with a revocation list of an organisation. Lists of which it has every entry are left out.
 * @param crl in PEM
 * @returns undefined if what it has revokes the same
 */
export function withRevocations(
  config: ChannelConfig,
  mspId: string,
  crl: string,
): ChannelConfig | undefined {
  let group = config.channel_group;
  for (const place of MSP_PLACES) {
    for (const [key, org] of Object.entries(group.groups[place]?.groups ?? {})) {
      const { data: msp } = mspSchema.safeParse(org.values.MSP);
      // The group of the orderers' organisation is not called as its MSP.
      if (!msp || (key !== mspId && msp.value.config.name !== mspId)) continue;
      const lists = mergedLists(msp.value.config.revocation_list ?? [], crl);
      if (!lists) continue;
      const value = { ...msp.value, config: { ...msp.value.config, revocation_list: lists } };
      const changed = { ...org, values: { ...org.values, MSP: { ...msp, value } } };
      group = withGroups(group, [place], { [key]: changed });
    }
  }
  return group === config.channel_group ? undefined : { ...config, channel_group: group };
}
