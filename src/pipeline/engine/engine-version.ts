/** What an engine answers when it is asked for its version. */
import type Docker from 'dockerode';
import { orCancelled } from '../core/cancellation.ts';
import { isSsh, socketPathOf } from '../core/engine-origin.ts';
import { errorCode } from '../core/error-code.ts';
import { CancelledError, WizardFailure } from '../core/failure.ts';
import type { Text } from '../core/phrase.ts';
import type { EngineAddress } from './engine-address.ts';
import { engineName, messageOf } from './engine-answers.ts';
import { isLost, RefusedRequest } from './engine-connection.ts';
import type { EngineVersion } from './engine-types.ts';
import { lastWordsOfSsh, loginThroughSsh } from './ssh-tunnel.ts';

/** An option that dockerode accepts and its types lack. */
interface AbortableVersion {
  version(options: { readonly abortSignal: AbortSignal }): Promise<Docker.DockerVersion>;
}

/** @throws WizardFailure `engine` if the engine does not answer within `timeoutMs`; CancelledError */
export async function engineVersion(
  docker: Docker,
  address: EngineAddress,
  timeoutMs: number,
  signal?: AbortSignal,
): Promise<EngineVersion> {
  // A login takes longer than an answer, and has its own limit.
  if (isSsh(address)) await loginThroughSsh(address, signal);
  const timeout = new AbortController();
  const timer = setTimeout(() => timeout.abort(), timeoutMs);
  const abortSignal = signal ? AbortSignal.any([timeout.signal, signal]) : timeout.signal;
  try {
    // The request is aborted too, because an open socket keeps the process alive.
    const version = await orCancelled(
      (docker as unknown as AbortableVersion).version({ abortSignal }),
      abortSignal,
    );
    // Any server may answer.
    if (version.ApiVersion === undefined) throw new RefusedRequest('GET /version', 200, '');
    return {
      name: engineName(version),
      engine: version.Version,
      api: version.ApiVersion,
      minApi: version.MinAPIVersion ?? '1.12',
      arch: version.Arch,
    };
  } catch (error) {
    if (signal?.aborted) throw new CancelledError();
    const { endpoint, origin } = address;
    if (timeout.signal.aborted) {
      const detail: Text = { key: 'detail.no-answer', seconds: (timeoutMs / 1000).toFixed(1) };
      // A socket without a listener refuses at once. Elsewhere, the host or a firewall may be what does not answer.
      const problem = socketPathOf(endpoint) === undefined ? 'unreachable' : 'silent';
      throw new WizardFailure({ kind: 'engine', problem, endpoint, origin, detail });
    }
    if (error instanceof WizardFailure && error.failure.kind === 'engine' && !isLost(error)) throw error;
    const cause = isLost(error) ? error.cause : error;
    throw new WizardFailure({
      kind: 'engine',
      problem: ['EACCES', 'EPERM'].includes(errorCode(cause)) ? 'denied' : 'unreachable',
      endpoint,
      origin,
      detail:
        error instanceof RefusedRequest
          ? { key: 'detail.no-engine', status: error.statusCode }
          : lastWordsOfSsh(address) || messageOf(cause),
    });
  } finally {
    clearTimeout(timer);
  }
}
