/** Asks the server of a CA whether it is ready. */
import { request } from 'node:https';

/** A CA of the network that has just started answers in milliseconds. */
const PATIENCE_MS = 3000;
const PATH = '/cainfo';

/**
 * Requests `/cainfo`. The certificate is not verified: the question is only whether the server of this port answers.
 * @returns why it is not ready; undefined if it is
 */
export function caTrouble(port: number, signal: AbortSignal): Promise<string | undefined> {
  return new Promise((resolve) => {
    const asked = request(
      {
        host: '127.0.0.1',
        port,
        path: PATH,
        rejectUnauthorized: false,
        timeout: PATIENCE_MS,
        agent: false,
        signal,
      },
      (response) => {
        response.resume();
        const { statusCode = 0 } = response;
        resolve(statusCode === 200 ? undefined : `${PATH}: HTTP ${statusCode}`);
      },
    );
    asked.on('timeout', () => asked.destroy(new Error(`${PATH}: no answer`)));
    asked.on('error', (error) => resolve(error.message));
    asked.end();
  });
}
