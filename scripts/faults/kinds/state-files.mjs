/** Damage to the files of the state folder. */
import { mkdir, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

const CRYPTO = 'network/crypto-config';
const ORDERER = `${CRYPTO}/ordererOrganizations/example.com/orderers/orderer.example.com`;
const ORG1 = `${CRYPTO}/peerOrganizations/org1.example.com`;
const PEER = `${ORG1}/peers/peer0.org1.example.com`;
const ADMIN = `${ORG1}/users/Admin@org1.example.com`;
/** Name of the only file of a folder, or of the newest folder. */
const ANY = '*';

/** The files by the scene in which they are used. */
const FILES = {
  'at rest': ['state.json', '.gitignore', `runs/${ANY}/events.ndjson`, 'commands.json', 'schema.json'],
  'no images': [
    `build/${ANY}/manifest.json`,
    `build/${ANY}/peer`,
    `build/${ANY}/orderer`,
    'build/payload/sampleconfig.tar.bz2',
    'build/payload/goshim.tar.bz2',
    'build/payload/gocache.tar',
  ],
  'no nodes': [
    'network/docker-compose.yaml',
    'network/.env',
    'network/crypto-config.yaml',
    `${ORDERER}/tls/server.key`,
    `${ORDERER}/msp/keystore/${ANY}`,
    `${PEER}/msp/signcerts/peer0.org1.example.com-cert.pem`,
    `${PEER}/tls/ca.crt`,
    `${ADMIN}/msp/keystore/${ANY}`,
    `${ORG1}/ca/ca.org1.example.com-cert.pem`,
    'network/config/core.yaml',
  ],
  'no network': [
    'network/configtx.yaml',
    'network/channel-artifacts/genesis.block',
    'network/channel-artifacts/mychannel.tx',
    'network/channel-artifacts/mychannel-Org1MSP-anchors.tx',
  ],
};
/** Files that a run only adds to or leaves as they are: a record, and what the wizard writes. */
const LEFT_AS_THEY_ARE = [`runs/${ANY}/events.ndjson`, 'commands.json', 'schema.json'];
const FOLDERS = ['.', 'build', 'build/payload', 'runs', 'network', CRYPTO, 'network/channel-artifacts'];

/** Returns the path of a file or folder. Creates it if only some runs write it. */
async function pathOf(state, name) {
  const parts = name.split('/');
  let path = state;
  for (const part of parts) path = join(path, part === ANY ? await newestIn(path) : part);
  const there = await stat(path).then(
    () => true,
    () => false,
  );
  if (!there && FOLDERS.includes(name)) await mkdir(path, { recursive: true });
  else if (!there) {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, '{}\n');
  }
  return path;
}

async function newestIn(folder) {
  const names = (await readdir(folder)).filter((name) => name !== 'payload');
  const times = await Promise.all(names.map(async (name) => (await stat(join(folder, name))).mtimeMs));
  const newest = names[times.indexOf(Math.max(...times))];
  if (newest === undefined) throw new Error(`${folder} is empty`);
  return newest;
}

async function corrupt(path) {
  const bytes = await readFile(path);
  await writeFile(
    path,
    bytes.map((byte) => byte ^ 0x5a),
  );
}

/** Mounts a path on itself, read-only. A link in it is not followed. */
async function makeReadOnly({ box }, path) {
  await box.run('mount', ['--bind', path, path]);
  await box.run('mount', ['-o', 'remount,ro,bind', path]);
}

const DAMAGES = {
  missing: { damage: (_, path) => rm(path) },
  truncated: { damage: async (_, path) => truncate(path, Math.floor((await stat(path)).size / 2)) },
  corrupted: { damage: (_, path) => corrupt(path) },
  'read-only': { damage: makeReadOnly, undo: ({ box }, path) => box.run('umount', [path]) },
};

/** Returns a fault that damages a path, and undoes the damage if that is necessary. */
function damageFault(kind, scene, name, { damage, undo }) {
  let path;
  return {
    kind,
    where: name.replaceAll(`/${ANY}`, ''),
    // Nobody can make a lost key or certificate again.
    advised: name.startsWith(`${CRYPTO}/`),
    scene,
    leftAsIs: LEFT_AS_THEY_ARE.includes(name) ? () => path : undefined,
    inject: async (site) => {
      path = await pathOf(site.state, name);
      await damage(site, path);
    },
    repair: undo && ((site) => undo(site, path)),
  };
}

/** What other processes leave in the place of the lock. */
const LOCKS = {
  'of a process that has ended': JSON.stringify({ pid: 4_000_000, startTime: '1', command: 'up' }),
  'of another process with the same pid': JSON.stringify({ pid: 1, startTime: '1', command: 'up' }),
  empty: '',
  corrupted: '{"pid":',
};

export function stateFaults() {
  const files = Object.entries(FILES).flatMap(([scene, names]) =>
    names.flatMap((name) =>
      Object.entries(DAMAGES).map(([kind, damage]) => damageFault(`file ${kind}`, scene, name, damage)),
    ),
  );
  const folders = FOLDERS.flatMap((name) => [
    damageFault('folder missing', 'at rest', name, { damage: (_, path) => rm(path, { recursive: true }) }),
    damageFault('folder read-only', 'edited source', name, DAMAGES['read-only']),
  ]);
  const locks = Object.entries(LOCKS).map(([kind, text]) => ({
    kind: 'stale lock',
    where: kind,
    inject: ({ state }) => writeFile(join(state, 'lock'), text),
  }));
  return [...files, ...folders, ...locks];
}
