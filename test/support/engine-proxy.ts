/** A socket in front of the engine that a test can cut, as if the engine was killed. */
import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { currentDocker } from '../../src/pipeline/engine/current-docker.ts';
import { tempDir } from './temp-dir.ts';

export interface EngineProxy {
  readonly env: { readonly DOCKER_HOST: string };
  /** Ends all connections and accepts no more. */
  readonly cut: () => void;
  /** Whether a request was held. */
  readonly hasHeld: () => boolean;
}

/** @param holds requests (`GET /v1.41/info`) that are never answered, as by an engine with a deadlock */
export async function engineProxy(holds?: RegExp): Promise<EngineProxy> {
  const { socketPath = '' } = await currentDocker();
  const open = new Set<Socket>();
  let hasHeld = false;
  const server = createServer({ allowHalfOpen: true }, (client) => {
    const engine = connect({ path: socketPath, allowHalfOpen: true });
    let held = false;
    client.on('data', (chunk: Buffer) => {
      held ||= holds?.test(chunk.toString('latin1').split(' HTTP/')[0] ?? '') ?? false;
      hasHeld ||= held;
      if (!held) engine.write(chunk);
    });
    client.on('end', () => engine.end());
    engine.pipe(client);
    for (const [socket, other] of [
      [client, engine],
      [engine, client],
    ] as const) {
      open.add(socket);
      socket.on('error', () => other.destroy());
      socket.on('close', () => open.delete(socket));
    }
  });
  const path = join(await tempDir(), 'engine.sock');
  await new Promise<void>((listening) => server.listen(path, listening));
  const cut = () => {
    server.close();
    for (const socket of open) socket.destroy();
  };
  onTestFinished(cut);
  return { env: { DOCKER_HOST: `unix://${path}` }, cut, hasHeld: () => hasHeld };
}
