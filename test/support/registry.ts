import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, request } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { execa } from 'execa';
import { stringify } from 'yaml';
import { unpackPackage } from './debian-package.ts';

/** The path of Debian's `docker-registry`: the installed one, or the package unpacked into a folder. */
export async function registryProgram(folder: string): Promise<string> {
  const installed = await execa('docker-registry', ['--version'], { reject: false });
  if (installed.exitCode === 0) return 'docker-registry';
  await unpackPackage('docker-registry', folder);
  return join(folder, 'usr/bin/docker-registry');
}

async function freePort(): Promise<number> {
  const server = createTcpServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function answers(port: number): Promise<boolean> {
  return fetch(`http://127.0.0.1:${port}/v2/`).then(
    () => true,
    () => false,
  );
}

export interface Registry {
  /** `127.0.0.1:PORT`, which engines speak plain HTTP to. */
  readonly host: string;
  readonly port: number;
  readonly stop: () => Promise<void>;
}

/** Starts a registry on a free port of loopback with a storage of its own. */
export async function startRegistry(
  program: string,
  options: { readonly locked: boolean },
): Promise<Registry> {
  const folder = await mkdtemp(join(tmpdir(), 'fabric-wizard-registry-'));
  const port = await freePort();
  const htpasswd = join(folder, 'htpasswd');
  // The form of a bcrypt hash is all that is needed: nobody shall get in.
  await writeFile(htpasswd, `nobody:$2y$05$${'x'.repeat(53)}\n`);
  const config = {
    version: '0.1',
    log: { level: 'error' },
    storage: { filesystem: { rootdirectory: join(folder, 'storage') } },
    http: { addr: `127.0.0.1:${port}` },
    ...(options.locked ? { auth: { htpasswd: { realm: 'test', path: htpasswd } } } : {}),
  };
  await writeFile(join(folder, 'config.yml'), stringify(config));
  const child: ChildProcess = spawn(program, ['serve', join(folder, 'config.yml')], {
    stdio: 'ignore',
    env: { ...process.env, OTEL_TRACES_EXPORTER: 'none' },
  });
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  const stop = async () => {
    child.kill('SIGKILL');
    await ended;
    await rm(folder, { recursive: true, force: true });
  };
  for (let tries = 0; tries < 200; tries += 1) {
    if (await answers(port)) return { host: `127.0.0.1:${port}`, port, stop };
    if (child.exitCode !== null) break;
    await delay(50);
  }
  await stop();
  throw new Error(`${program} did not start`);
}

/** A way to the registry that begins to hand out every blob and never ends. */
export async function startStallingProxy(target: number): Promise<Registry> {
  const server = createServer((asked, answer) => {
    const onward = request(
      { host: '127.0.0.1', port: target, method: asked.method, path: asked.url, headers: asked.headers },
      (got) => {
        answer.writeHead(got.statusCode ?? 502, got.headers);
        const blob = asked.method === 'GET' && asked.url?.includes('/blobs/');
        if (!blob) {
          got.pipe(answer);
          return;
        }
        got.once('data', (chunk: Buffer) => answer.write(chunk.subarray(0, chunk.length >> 1)));
        got.resume();
      },
    );
    onward.on('error', () => answer.destroy());
    asked.pipe(onward);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const stop = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { host: `127.0.0.1:${port}`, port, stop };
}
