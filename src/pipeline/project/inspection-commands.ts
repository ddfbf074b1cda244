/** PURE: commands that show the subject of an `explain` topic in the user's own project. They change nothing. */
import { shellLine, shellWord } from '../core/shell-text.ts';
import { firstChannelOf } from '../network/channel-members.ts';
import { adminEnv, CLI_CRYPTO } from '../network/cli-environment.ts';
import { peerDir } from '../network/crypto-layout.ts';
import { addressInside, allPeers, firstOrderer, firstPeer } from '../network/network-spec.ts';
import type { ProjectInfo } from './project-info.ts';
import { templateValues } from './template-values.ts';

export interface InspectionCommands {
  readonly lines: readonly string[];
  /** Whose names are in the commands: those of the build, of the network, or of the run that reported them. */
  readonly part: 'build' | 'network' | 'run';
}

const GOPATH = '/opt/gopath';
const CONFIG = '/etc/hyperledger/fabric';
const LEDGER = '/var/hyperledger/production';

function ofBuild(info: ProjectInfo): Record<string, readonly string[]> {
  const {
    requiredBuilder = '',
    requiredRuntime = '',
    dockerNs,
    peerImage,
    toolsImage,
    ccenvImage,
  } = templateValues(info).build;
  const { modulePath } = info.settings.release;
  return {
    images: [`docker image inspect -f "{{.Id}}" ${shellLine([requiredBuilder, requiredRuntime])}`],
    tags: [`docker image ls ${dockerNs}/fabric-peer`],
    builds: [
      `docker events --since 30m --until 0s --filter type=container --filter ${shellWord(`image=${requiredBuilder}`)}`,
    ],
    'core.yaml': [`docker run --rm ${peerImage} grep -nE "builder:|runtime:" ${CONFIG}/core.yaml`],
    CORE_CHAINCODE: [`docker image inspect -f "{{.Id}}" ${shellWord(requiredRuntime)}`],
    '/usr/local/bin': [`docker run --rm ${toolsImage} ls -l /usr/local/bin`],
    '/opt/gopath': [`docker run --rm ${ccenvImage} ls ${GOPATH}/src/${modulePath}/core/chaincode/shim`],
    '/chaincode': [`docker run --rm ${ccenvImage} ls -ld /chaincode/input /chaincode/output`],
  };
}

/** `peer channel list` as the admin of the last peer's organisation. */
function listAsOther({ spec }: ProjectInfo, cli: string): string {
  const peer = allPeers(spec).at(-1) ?? firstPeer(spec);
  const env = adminEnv(spec, peer, { crypto: CLI_CRYPTO, address: addressInside(peer) });
  const names = ['ADDRESS', 'LOCALMSPID', 'MSPCONFIGPATH', ...(spec.tls ? ['TLS_ROOTCERT_FILE'] : [])];
  const flags = names.map((name) => `-e CORE_PEER_${name}=${env[`CORE_PEER_${name}`]}`);
  return ['docker exec', ...flags, cli, 'peer channel list'].join(' ');
}

/** Returns the command for the channel's height. The peer of 1.0 can only fetch the newest block. */
function ledgerCommand({ spec, settings }: ProjectInfo, cli: string): string {
  const channel = firstChannelOf(spec, firstPeer(spec));
  if (settings.release.channelGetinfo) return `docker exec ${cli} peer channel getinfo -c ${channel}`;
  const tls = spec.tls ? ' --tls --cafile "$ORDERER_CA"' : '';
  const fetch = `peer channel fetch newest /tmp/newest.block -c ${channel} -o ${addressInside(firstOrderer(spec))}${tls}`;
  return `docker exec ${cli} sh -c '${fetch}'`;
}

function ofNetwork(info: ProjectInfo): Record<string, readonly string[]> {
  const { spec, settings } = info;
  const { cli = '', peerContainer = '', ordererContainer = '', volume = '' } = templateValues(info).network;
  const peer = firstPeer(spec);
  const certificates = `.fabric-wizard/network/crypto-config/${peerDir(spec, peer)}`;
  const subject = 'openssl x509 -noout -subject -issuer -in';
  const env = (pattern: string) => `docker exec ${peerContainer} env | grep ${pattern}`;
  const peerVersion = [`docker exec ${peerContainer} peer version`];
  const variables = settings.release.ldflagVariables.filter((name) => name !== 'Experimental');
  return {
    'chaincode-image': [
      `docker image ls "${spec.networkId}-${peer.name}-*"`,
      `docker ps --filter name=${spec.networkId}-${peer.name}-`,
    ],
    ...Object.fromEntries(['ldflags', ...variables].map((topic) => [topic, peerVersion])),
    '/etc/hyperledger/fabric': [`docker exec ${peerContainer} ls -R ${CONFIG}`],
    '/var/hyperledger/production': [
      `docker exec ${peerContainer} ls ${LEDGER}`,
      `docker volume inspect -f "{{.Mountpoint}}" ${volume}`,
    ],
    '.fabric-wizard': ['ls .fabric-wizard .fabric-wizard/network'],
    CORE_PEER_ADDRESS: [listAsOther(info, cli)],
    CORE_PEER_GOSSIP: [env('^CORE_PEER_GOSSIP')],
    CORE_PEER_MSPCONFIGPATH: [env('-E "^CORE_PEER_(MSP|LOCALMSP)"')],
    CORE_PEER_TLS: [env('^CORE_PEER_TLS'), `${subject} ${certificates}/tls/server.crt`],
    CORE_VM_ENDPOINT: [
      env('^CORE_VM_ENDPOINT'),
      `docker exec ${peerContainer} ls -l /host/var/run/docker.sock`,
    ],
    CORE_VM_DOCKER_HOSTCONFIG_NETWORKMODE: [
      env('NETWORKMODE'),
      `docker network inspect -f "{{range .Containers}}{{.Name}} {{end}}" ${spec.network}`,
    ],
    FABRIC_LOGGING_SPEC: [
      `docker exec -e ${settings.release.logging.peer.variable}=debug ${cli} peer channel list`,
    ],
    peer: [`docker logs --tail 20 ${peerContainer}`],
    orderer: [`docker logs --tail 20 ${ordererContainer}`],
    msp: [`find ${certificates}/msp -type f`, `${subject} ${certificates}/msp/signcerts/*.pem`],
    ledger: [ledgerCommand(info, cli)],
  };
}

/** The calls of the smoke test that show a word of the lifecycle. The smoke test repeats them for each peer. */
const CHAINCODE_CALLS: Readonly<Record<string, readonly RegExp[]>> = {
  install: [/ chaincode install /],
  instantiate: [/ chaincode (instantiate|commit) /],
  invoke: [/ chaincode invoke /, / chaincode query /],
  lifecycle: [/ lifecycle chaincode approveformyorg /, / lifecycle chaincode commit /],
};

/** Commands for a topic; none if there is nothing to show. */
export function inspectionCommands(info: ProjectInfo, topic: string): InspectionCommands {
  const recorded = info.commands[topic];
  if (recorded) return { lines: recorded, part: 'run' };
  const calls = CHAINCODE_CALLS[topic];
  if (calls) {
    const lines = calls.flatMap((call) => info.commands.smoke?.find((command) => call.test(command)) ?? []);
    return { lines, part: 'run' };
  }
  const build = ofBuild(info)[topic];
  return build ? { lines: build, part: 'build' } : { lines: ofNetwork(info)[topic] ?? [], part: 'network' };
}
