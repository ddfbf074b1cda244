/** PURE: what a person types to do by hand what the stages of a network do, or to look at what it consists of. */
import { join } from 'node:path';
import { shellWord } from '../host/shell-text.ts';
import { CHANNEL_PROFILE, GENESIS_PROFILE } from '../network/configtx.ts';
import { couchdbUrl } from '../network/couchdb.ts';
import { peerDir } from '../network/crypto-layout.ts';
import { adminEnv, CLI_CRYPTO, cliCrypto } from '../network/network-files.ts';
import { allPeers, firstOrderer } from '../network/network-spec.ts';
import type { ProjectInfo } from '../project/project-info.ts';
import { BY_HAND, CHAINCODE, firstPeer, programsFolder, templateValues } from '../project/template-values.ts';
import { AS_ME, type ByHand } from './by-hand-build.ts';

const NETWORK = '.fabric-wizard/network';
const BLOCK = '/tmp/channel.block';
const INIT = `'{"Args":["init","a","100","b","200"]}'`;
const QUERY = `'{"Args":["query","a"]}'`;
const INVOKE = `'{"Args":["invoke","a","b","10"]}'`;

/** `p fetch …`: `peer KIND …` in the CLI container, on our channel, by way of our orderer. */
function speaking({ spec }: ProjectInfo, cli: string, kind: 'channel' | 'chaincode'): string[] {
  const tls = spec.tls ? ' --tls --cafile "$CA"' : '';
  const on = `${kind === 'channel' ? '-c' : '-C'} ${spec.channel}`;
  return [
    ...(spec.tls ? [`CA=$(docker exec ${cli} printenv ORDERER_CA)`] : []),
    `p() { docker exec ${cli} peer ${kind} "$@" ${on} -o ${firstOrderer(spec).name}:7050${tls}; }`,
  ];
}

/** What an orderer that makes channels by being told to answers with is the channel's state. */
function joinOrderer({ spec }: ProjectInfo, cli: string): string {
  const { ordererCa, adminCert, adminKey } = cliCrypto(spec);
  const tls = `--ca-file ${ordererCa} --client-cert ${adminCert} --client-key ${adminKey}`;
  const to = `-o ${firstOrderer(spec).name}:7053 ${tls}`;
  return `docker exec ${cli} osnadmin channel list --channelID ${spec.channel} ${to}`;
}

function artifacts({ spec }: ProjectInfo, tools: string): string[] {
  const out = `/w/${BY_HAND}`;
  const profile = `t -profile ${CHANNEL_PROFILE} -channelID ${spec.channel}`;
  const org = spec.orgs[0]?.mspId ?? '';
  return [
    `mkdir -p ${BY_HAND}`,
    `t() { docker run --rm ${AS_ME} -v "$PWD:/w" -w /w/${NETWORK} -e FABRIC_CFG_PATH=/w/${NETWORK} ${tools} configtxgen "$@"; }`,
    ...(spec.channelCreation === 'participation'
      ? [`${profile} -outputBlock ${out}/${spec.channel}.block`]
      : [
          `t -profile ${GENESIS_PROFILE} -channelID ${spec.systemChannel} -outputBlock ${out}/genesis.block`,
          `${profile} -outputCreateChannelTx ${out}/${spec.channel}.tx`,
          `${profile} -asOrg ${org} -outputAnchorPeersUpdate ${out}/${spec.channel}-${org}-anchors.tx`,
        ]),
  ];
}

/** The oldest lines answer this by their log alone. */
function listChannels(
  { settings }: Pick<ProjectInfo, 'settings'>,
  cli: string,
  env: readonly string[] = [],
): string {
  const { variable, info } = settings.release.logging.peer;
  return ['docker exec', ...env, `-e ${variable}=${info}`, cli, 'peer channel list'].join(' ');
}

/** The last peer of all, as its own organisation's admin. */
function toAnother({ spec, settings }: ProjectInfo, cli: string): string {
  const peer = allPeers(spec).at(-1);
  if (!peer) throw new Error('a network needs a peer');
  const env = adminEnv(spec, peer, { crypto: CLI_CRYPTO, address: `${peer.name}:7051` });
  const needed = ['ADDRESS', 'LOCALMSPID', 'MSPCONFIGPATH', ...(spec.tls ? ['TLS_ROOTCERT_FILE'] : [])];
  const flags = needed.map((name) => `-e CORE_PEER_${name}=${env[`CORE_PEER_${name}`]}`);
  return listChannels({ settings }, cli, flags);
}

/**
 * By topic.
 * @param compose what a person types for compose: `docker compose` or `docker-compose`
 */
export function byHandNetwork(run: ProjectInfo, compose: string): ByHand {
  const { spec, settings } = run;
  const { build, network } = templateValues(run);
  const { cli = '', peerContainer = '', ordererContainer = '' } = network;
  const { toolsImage = '' } = build;
  const peer = firstPeer(run);
  const org = spec.orgs[0]?.mspId ?? '';
  const hostDir = `${NETWORK}/crypto-config/${peerDir(spec, peer)}`;
  const channel = speaking(run, cli, 'channel');
  const chaincode = speaking(run, cli, 'chaincode');
  const { name, version } = CHAINCODE;
  const shipped = shellWord(join(run.packageDir, 'compose', 'chaincode', 'smoke'));
  // openssl tells of the handshake on stderr; on stdout is what the peer greets with, and that is no text.
  const knock = spec.tls
    ? `openssl s_client -brief -connect 127.0.0.1:${peer.port} </dev/null >/dev/null`
    : listChannels(run, cli);
  const getinfo = settings.release.channelGetinfo
    ? [`docker exec ${cli} peer channel getinfo -c ${spec.channel}`]
    : [...channel, `p fetch newest ${BLOCK}`];
  return {
    verify: [
      `docker run --rm ${build.peerImage} ls /usr/local/bin /etc/hyperledger/fabric /var/hyperledger`,
      `docker exec ${peerContainer} peer version`,
    ],
    crypto: [
      `mkdir -p ${BY_HAND}`,
      `docker run --rm ${AS_ME} -v "$PWD:/w" -w /w ${toolsImage} cryptogen generate --config=${NETWORK}/crypto-config.yaml --output=${BY_HAND}/crypto-config`,
    ],
    artifacts: artifacts(run, toolsImage),
    couchdb: [
      peer.couchdb
        ? `curl -s ${couchdbUrl(peer.couchdb)}/_all_dbs`
        : `docker image ls ${settings.release.couchdbImages(settings)[0]}`,
    ],
    compose: [`(cd ${NETWORK} && ${compose} config)`],
    start: [`(cd ${NETWORK} && ${compose} up -d)`],
    ready: [knock, `docker logs ${ordererContainer} 2>&1 | grep "Beginning to serve"`],
    channel:
      spec.channelCreation === 'participation'
        ? [joinOrderer(run, cli)]
        : [...channel, `p fetch 0 ${BLOCK} || p create -f channel-artifacts/${spec.channel}.tx`],
    join: [
      ...channel,
      `p fetch 0 ${BLOCK}`,
      `docker exec ${cli} peer channel join -b ${BLOCK}`,
      listChannels(run, cli),
    ],
    anchors:
      spec.channelCreation === 'participation'
        ? [...channel, `p fetch config ${BLOCK}`]
        : [...channel, `p update -f channel-artifacts/${spec.channel}-${org}-anchors.tx`],
    swap: [
      `docker cp ${programsFolder(run)}/peer ${peerContainer}:/usr/local/bin/peer`,
      `docker restart ${peerContainer}`,
    ],
    smoke: [
      'fabric-wizard smoke --keep',
      `docker image inspect -f "{{.RootFS.Layers}}" ${build.askedRuntime} $(docker image ls -q "${spec.networkId}-${peer.name}-*")`,
    ],
    'chaincode-image': [
      `docker image ls "${spec.networkId}-${peer.name}-*"`,
      `docker ps --filter name=${spec.networkId}-${peer.name}-`,
    ],
    ...Object.fromEntries(
      ['ldflags', ...settings.release.ldflagVariables.filter((name) => name !== 'Experimental')].map(
        (topic) => [topic, [`docker exec ${peerContainer} peer version`]],
      ),
    ),
    '/etc/hyperledger/fabric': [`docker exec ${peerContainer} ls -R /etc/hyperledger/fabric`],
    '/var/hyperledger/production': [
      `docker exec ${peerContainer} ls /var/hyperledger/production`,
      `docker volume inspect -f "{{.Mountpoint}}" ${network.volume}`,
    ],
    '.fabric-wizard': [`ls .fabric-wizard ${NETWORK}`],
    CORE_PEER_ADDRESS: [toAnother(run, cli)],
    CORE_PEER_MSPCONFIGPATH: [`docker exec ${peerContainer} env | grep -E "^CORE_PEER_(MSP|LOCALMSP)"`],
    CORE_PEER_TLS: [
      `docker exec ${peerContainer} env | grep ^CORE_PEER_TLS`,
      `openssl x509 -noout -subject -issuer -in ${hostDir}/tls/server.crt`,
    ],
    CORE_VM_ENDPOINT: [
      `docker exec ${peerContainer} env | grep ^CORE_VM_ENDPOINT`,
      `docker exec ${peerContainer} ls -l /host/var/run/docker.sock`,
    ],
    CORE_VM_DOCKER_HOSTCONFIG_NETWORKMODE: [
      `docker exec ${peerContainer} env | grep NETWORKMODE`,
      `docker network inspect -f "{{range .Containers}}{{.Name}} {{end}}" ${spec.network}`,
    ],
    FABRIC_LOGGING_SPEC: [
      `docker exec -e ${settings.release.logging.peer.variable}=debug ${cli} peer channel list`,
    ],
    peer: [`docker logs --tail 20 ${peerContainer}`],
    orderer: [`docker logs --tail 20 ${ordererContainer}`],
    msp: [
      `find ${hostDir}/msp -type f`,
      `openssl x509 -noout -subject -issuer -in ${hostDir}/msp/signcerts/*.pem`,
    ],
    ledger: getinfo,
    install:
      settings.release.lifecycle === 'package'
        ? [`docker exec ${cli} peer lifecycle chaincode queryinstalled`]
        : [
            `docker cp ${shipped}/. ${cli}:/opt/gopath/src/${name}`,
            `docker exec ${cli} peer chaincode install -n ${name} -v ${version} -p ${name}`,
          ],
    instantiate:
      settings.release.lifecycle === 'package'
        ? [`docker exec ${cli} peer lifecycle chaincode querycommitted -C ${spec.channel}`]
        : [...chaincode, `p instantiate -n ${name} -v ${version} -c ${INIT}`],
    invoke: [
      ...chaincode,
      `p invoke -n ${name} -c ${INVOKE}`,
      `docker exec ${cli} peer chaincode query -C ${spec.channel} -n ${name} -c ${QUERY}`,
    ],
  };
}
