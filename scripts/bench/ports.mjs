/** Ports for the network of the bench: the lowest base from 33050 on that leaves everybody else's alone. */
import { createServer } from 'node:net';

const FIRST = 33050;
const STEP = 100;
const LAST = 33950;
/** A network's ports lie so far above the base of each thousand: orderer, peer, events, operations of both. */
const OFFSETS = [0, 1, 3, 4, 5];
const MOST_PEERS = 8;

function isFree(port) {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

/** @throws Error where there is none */
export async function freePortBase() {
  for (let base = FIRST; base <= LAST; base += STEP) {
    const ports = Array.from({ length: MOST_PEERS }, (_, peer) =>
      OFFSETS.map((offset) => base + 1000 * peer + offset),
    ).flat();
    const free = await Promise.all(ports.map(isFree));
    if (free.every(Boolean)) return base;
  }
  throw new Error(`no port base from ${FIRST} to ${LAST} is free for ${MOST_PEERS} peers`);
}
