/**
 * A Docker Engine on what looks like another machine: it shares no folder of this one but the programs, has its own ports
 * and name, and is reached through a network of two hosts by TCP, by TLS and by SSH.
 */
import { access, chmod, copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type Docker from 'dockerode';
import { execa } from 'execa';
import { cleanUpRunner } from '../../scripts/command-line.mjs';
import { Machine, OWN_INSIDE, SOCKET } from '../../scripts/machines/machine.mjs';
import { createNetwork } from '../../scripts/machines/network.mjs';
import { eventually } from '../../scripts/namespaces.mjs';
import { type Authority, makeClientCertificates } from './authority.ts';

const PLAIN_PORT = 2375;
const TLS_PORT = 2376;
/** One port is the usual one, the other must be named. */
const SSH_PORTS = [22, 2222];
/** What the other machine has of its own in `folder`. */
const OWN = 'own';
const PROGRAMS = 'programs';
/** A user of the other machine who may not use the engine. */
const GUEST = 'guest';

/** The arguments with which the engine offers TLS. */
function tlsFlags(host: string): string[] {
  const files = { tlscacert: 'ca.pem', tlscert: 'server.pem', tlskey: 'server-key.pem' };
  const named = Object.entries(files).flatMap(([flag, name]) => [`--${flag}`, join(OWN_INSIDE, name)]);
  return ['--host', `tcp://${host}:${TLS_PORT}`, '--tlsverify', ...named];
}

/** Passes connections on to the engine's socket: one engine offers either TCP or TLS. */
const PLAIN_SERVER = `const { connect, createServer } = require('node:net');
createServer({ allowHalfOpen: true }, (client) => {
  const engine = connect({ path: '${SOCKET}', allowHalfOpen: true });
  for (const each of [client, engine]) each.on('error', () => { client.destroy(); engine.destroy(); });
  client.pipe(engine).pipe(client);
}).listen(${PLAIN_PORT}, process.argv[1]);`;

/** Mounts what the other machine has of its own. `$0` is its folder. */
const MOUNT_OWN = `mount --bind "$0/${OWN}" ${OWN_INSIDE}
[ ! -d "$0/${PROGRAMS}" ] || mount -t overlay -o "lowerdir=$0/${PROGRAMS}/usr:/usr" overlay /usr
for each in passwd shadow; do mount --bind ${OWN_INSIDE}/$each /etc/$each; done`;

export interface SshAccess {
  /** Environment in which `ssh` knows the other machine and has a key for it. */
  readonly env: Readonly<Record<string, string>>;
  readonly host: string;
  readonly guest: string;
  /** The configuration of `ssh`, without the key of the other machine: for a file of its own. */
  readonly config: string;
}

export interface EngineElsewhere {
  /** A client that uses the socket of the engine, whatever the code under test does. */
  readonly engine: Docker;
  /** Address of the other machine. */
  readonly host: string;
  /** The engine without TLS, and with TLS. */
  readonly tcp: string;
  readonly tls: string;
  /** Folder with `ca.pem`, `cert.pem` and `key.pem` for `tls`. */
  readonly certificates: string;
  /** Undefined if this machine has no SSH server and can install none. */
  readonly ssh: SshAccess | undefined;
  /** Runs a program on the other machine. @returns its output */
  readonly inside: (program: string, ...args: readonly string[]) => Promise<string>;
  readonly stop: () => Promise<void>;
}

const isThere = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  );

/** @returns why there is no SSH server, or undefined. If this machine has none, unpacks the package for the other one */
async function provideSshServer(folder: string): Promise<string | undefined> {
  if (await isThere('/usr/sbin/sshd')) return undefined;
  const archives = join(folder, 'archives');
  await mkdir(archives);
  const download = () =>
    execa('apt-get', ['-o', 'APT::Sandbox::User=root', 'download', 'openssh-server', 'libwrap0'], {
      cwd: archives,
    });
  try {
    // Most machines have lists of packages, and to bring them up to date takes many seconds.
    await download().catch(async () => {
      await execa('apt-get', ['update']);
      await download();
    });
    const { stdout } = await execa('sh', ['-c', 'ls *.deb'], { cwd: archives });
    for (const name of stdout.split('\n'))
      await execa('dpkg-deb', ['--extract', join(archives, name), join(folder, PROGRAMS)]);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Writes what the other machine has of its own: users and the files of its SSH server. */
async function writeOwn(folder: string, certificates: string): Promise<void> {
  const own = join(folder, OWN);
  const users = (await readFile('/etc/passwd', 'utf8'))
    .split('\n')
    .filter((line) => !/^(?:root|sshd):/.test(line));
  const added = [
    'root:x:0:0::/root:/bin/sh',
    'sshd:x:4711:65534::/run/sshd:/usr/sbin/nologin',
    `${GUEST}:x:4712:4712::/:/bin/sh`,
  ];
  await writeFile(join(own, 'passwd'), [...added, ...users].join('\n'));
  await writeFile(
    join(own, 'shadow'),
    ['root', 'sshd', GUEST].map((name) => `${name}:*:19000::::::\n`).join(''),
  );
  for (const name of ['ca.pem', 'server.pem', 'server-key.pem'])
    await copyFile(join(certificates, name), join(own, name));
  const newKey = (path: string) => execa('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', path]);
  await newKey(join(own, 'host_key'));
  await newKey(join(folder, 'user_key'));
  await copyFile(join(folder, 'user_key.pub'), join(own, 'authorized_keys'));
  const settings = [
    ...SSH_PORTS.map((port) => `Port ${port}`),
    `HostKey ${OWN_INSIDE}/host_key`,
    `AuthorizedKeysFile ${OWN_INSIDE}/authorized_keys`,
    'StrictModes no',
    'UsePAM no',
    'PasswordAuthentication no',
    'PermitRootLogin yes',
    'PidFile none',
  ];
  await writeFile(join(own, 'sshd_config'), `${settings.join('\n')}\n`);
}

/** Writes a program `ssh` that is the one of this machine with a configuration of its own: ssh ignores HOME. */
async function sshAccess(folder: string, host: string): Promise<SshAccess> {
  const bin = join(folder, 'bin');
  await mkdir(bin);
  const key = (await readFile(join(folder, OWN, 'host_key.pub'), 'utf8')).trim();
  const names = SSH_PORTS.map((port) => (port === 22 ? host : `[${host}]:${port}`));
  await writeFile(join(folder, 'known_hosts'), names.map((name) => `${name} ${key}\n`).join(''));
  const config = `IdentityFile ${folder}/user_key\nIdentitiesOnly yes\nGlobalKnownHostsFile none\n`;
  await writeFile(join(folder, 'ssh_config'), `${config}UserKnownHostsFile ${folder}/known_hosts\n`);
  const { stdout: ssh } = await execa('sh', ['-c', 'command -v ssh']);
  const program = join(bin, 'ssh');
  await writeFile(program, `#!/bin/sh\nexec ${ssh} -F "$TEST_SSH_CONFIG" "$@"\n`);
  await chmod(program, 0o755);
  const env = { PATH: `${bin}:${process.env.PATH}`, TEST_SSH_CONFIG: join(folder, 'ssh_config') };
  return { env, config, host: `root@${host}`, guest: `${GUEST}@${host}` };
}

function accepts(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: 1000 });
    const end = (answer: boolean) => () => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', end(true)).once('error', end(false)).once('timeout', end(false));
  });
}

/** Starts the servers of the other machine. */
async function startServers(machine: Machine, hasSsh: boolean): Promise<void> {
  machine.serve(process.execPath, ['-e', PLAIN_SERVER, machine.host]);
  if (hasSsh) {
    await machine.inside('mkdir', '-p', '/run/sshd');
    machine.serve('/usr/sbin/sshd', ['-D', '-e', '-f', join(OWN_INSIDE, 'sshd_config')]);
  }
  for (const port of [PLAIN_PORT, TLS_PORT, ...(hasSsh ? SSH_PORTS : [])])
    await eventually(`port ${port}; see ${machine.log}`, () => accepts(machine.host, port));
}

/** @param images names of images of the default engine that it has from the start */
export async function startEngineElsewhere(images: readonly string[]): Promise<EngineElsewhere> {
  const folder = await mkdtemp(join(tmpdir(), 'fabric-wizard-elsewhere-'));
  const run = cleanUpRunner();
  const certificates = join(folder, 'certificates');
  const networkFolder = join(folder, 'network');
  for (const path of [certificates, networkFolder, join(folder, OWN)]) await mkdir(path);
  const network = await createNetwork({ folder: networkFolder, run });
  const machine = new Machine({
    name: 'elsewhere',
    folder,
    network,
    run,
    flags: tlsFlags,
    prepare: MOUNT_OWN,
    images,
  });
  const { host, engine } = machine;
  const stop = async () => {
    await machine.kill();
    await network.remove();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const authority: Authority = await makeClientCertificates(certificates);
    await authority.issue('server', [host]);
    const noSsh = await provideSshServer(folder);
    if (noSsh !== undefined) process.stderr.write(`\nSKIPPED: no SSH server: ${noSsh}\n\n`);
    await writeOwn(folder, certificates);
    await machine.start();
    await startServers(machine, noSsh === undefined);
    return {
      engine,
      host,
      tcp: `tcp://${host}:${PLAIN_PORT}`,
      tls: `tcp://${host}:${TLS_PORT}`,
      certificates,
      ssh: noSsh === undefined ? await sshAccess(folder, host) : undefined,
      inside: (program, ...args) => machine.inside(program, ...args),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
