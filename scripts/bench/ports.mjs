/** Free ports for a network. */
import { createServer } from 'node:net';

const FIRST = 33050;
const STEP = 100;
const LAST = 33950;

function isFree(port) {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

/**
 * Returns the lowest port base from 33050 on at which all ports of a network are free.
 * @param portsAt `(base) => Promise<number[]>`: the ports of the network at a port base
 * @throws Error if there is none
 */
export async function freePortBase(portsAt) {
  for (let base = FIRST; base <= LAST; base += STEP) {
    const free = await Promise.all((await portsAt(base)).map(isFree));
    if (free.every(Boolean)) return base;
  }
  throw new Error(`no port base from ${FIRST} to ${LAST} is free`);
}
