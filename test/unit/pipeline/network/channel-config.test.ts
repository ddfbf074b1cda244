/** How organisations get into the configuration of a channel. */
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../../../src/pipeline/config/config.ts';
import { releaseOf } from '../../../../src/pipeline/fabric/release.ts';
import {
  type ChannelConfig,
  type ConfigGroup,
  configIn,
  organisationsIn,
  withOrganisations,
} from '../../../../src/pipeline/network/channel-config.ts';
import { networkSpec } from '../../../../src/pipeline/network/network-spec.ts';

const release = releaseOf('2.5.12');
if (!release) throw new Error('no release');
const { values } = await loadConfig({ dir: '/nowhere', flags: { orgs: '3', peers: '1' } });
const { orgs } = networkSpec(values, release, 'fw-test');

function group(groups: Record<string, ConfigGroup> = {}, values: Record<string, unknown> = {}): ConfigGroup {
  return { groups, values, mod_policy: 'Admins', version: '0' };
}

/** The group of an organisation as configtxgen makes it. */
function orgGroup(mspId: string, anchor?: string): ConfigGroup {
  const anchors =
    anchor === undefined ? {} : { AnchorPeers: { value: { anchor_peers: [{ host: anchor }] } } };
  return group({}, { MSP: { value: mspId }, ...anchors });
}

function channel(...members: (readonly [mspId: string, anchor?: string])[]): ChannelConfig {
  const application = group(Object.fromEntries(members.map(([id, anchor]) => [id, orgGroup(id, anchor)])));
  return {
    sequence: '3',
    channel_group: group(
      { Application: { ...application, version: '1' }, Orderer: group({ OrdererOrg: group() }) },
      { Capabilities: { value: 'V2_0' } },
    ),
  };
}

/** A system channel whose consortium has these organisations. */
function consortium(...members: readonly string[]): ChannelConfig {
  const all = Object.fromEntries(members.map((id) => [id, orgGroup(id)]));
  return {
    sequence: '0',
    channel_group: group({ Consortiums: group({ WizardConsortium: group(all) }), Orderer: group() }),
  };
}

const OLD = [
  ['Org1MSP', 'peer0.org1.example.com'],
  ['Org2MSP', 'peer0.org2.example.com'],
] as const;

describe('a channel', () => {
  it('gets an organisation with its anchor peer, and keeps everything else', () => {
    const before = channel(...OLD);
    const after = withOrganisations(before, consortium('Org1MSP', 'Org2MSP', 'Org3MSP'), orgs);
    expect(after && organisationsIn(after)).toEqual(['Org1MSP', 'Org2MSP', 'Org3MSP']);
    const added = after?.channel_group.groups.Application?.groups.Org3MSP;
    expect(added?.values).toEqual({
      MSP: { value: 'Org3MSP' },
      AnchorPeers: {
        mod_policy: 'Admins',
        value: { anchor_peers: [{ host: 'peer0.org3.example.com', port: orgs[2]?.peers[0]?.listens }] },
        version: '0',
      },
    });
    const { Org3MSP: _, ...others } = after?.channel_group.groups.Application?.groups ?? {};
    expect({
      ...after,
      channel_group: {
        ...after?.channel_group,
        groups: {
          ...after?.channel_group.groups,
          Application: { ...after?.channel_group.groups.Application, groups: others },
        },
      },
    }).toEqual(before);
  });

  it('takes the definition of the first block of a channel as it is', () => {
    const source = channel(...OLD, ['Org3MSP', 'chosen.example.com']);
    const after = withOrganisations(channel(...OLD), source, orgs);
    expect(after?.channel_group.groups.Application?.groups.Org3MSP).toEqual(
      orgGroup('Org3MSP', 'chosen.example.com'),
    );
  });

  it('needs no update if it has all organisations and their anchor peers', () => {
    const complete = channel(...OLD, ['Org3MSP', 'peer0.org3.example.com']);
    expect(withOrganisations(complete, consortium('Org1MSP', 'Org2MSP', 'Org3MSP'), orgs)).toBeUndefined();
  });

  it('that was made without anchor peers gets those that are missing', () => {
    const after = withOrganisations(
      channel(['Org1MSP'], ['Org2MSP', 'peer0.org2.example.com'], ['Org3MSP']),
      consortium('Org1MSP', 'Org2MSP', 'Org3MSP'),
      orgs,
    );
    const anchorsOf = (id: string) => after?.channel_group.groups.Application?.groups[id]?.values.AnchorPeers;
    expect(anchorsOf('Org1MSP')).toMatchObject({
      value: { anchor_peers: [{ host: 'peer0.org1.example.com' }] },
    });
    expect(anchorsOf('Org2MSP')).toEqual({
      value: { anchor_peers: [{ host: 'peer0.org2.example.com' }] },
    });
  });
});

it('a system channel gets the organisation in its consortium, without an anchor peer', () => {
  const after = withOrganisations(
    consortium('Org1MSP', 'Org2MSP'),
    consortium('Org1MSP', 'Org2MSP', 'Org3MSP'),
    orgs,
  );
  expect(after).toEqual(consortium('Org1MSP', 'Org2MSP', 'Org3MSP'));
});

it('is read from a block as configtxlator prints it, where empty groups are null', () => {
  const config = {
    sequence: '1',
    channel_group: { groups: { Application: { groups: null, values: null } } },
  };
  const block = JSON.stringify({ data: { data: [{ payload: { data: { config } } }] } });
  expect(organisationsIn(configIn(block))).toEqual([]);
});
