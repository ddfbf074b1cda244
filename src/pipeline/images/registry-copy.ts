/** Brings images to another engine through a registry. */
import { CancelledError, WizardFailure } from '../core/failure.ts';
import type { DockerPort } from '../engine/docker-port.ts';
import { LineSplitter } from '../engine/line-splitter.ts';
import { connectedEnvironment } from '../engine/ssh-tunnel.ts';

type Engine = Pick<DockerPort, 'address' | 'tag' | 'removeImage'>;

export interface RegistryCopy {
  readonly from: Engine;
  readonly to: Engine;
  /** `HOST[:PORT][/PATH]`. */
  readonly registry: string;
  readonly signal: AbortSignal;
  readonly onLine: (line: string) => void;
}

/** Last lines of docker's output in a failure. */
const TAIL = 10;

/** Runs docker's own program, which knows how the user logs in to registries. @throws WizardFailure `command`; CancelledError */
async function docker(
  { address }: Engine,
  args: readonly string[],
  { signal, onLine }: Pick<RegistryCopy, 'signal' | 'onLine'>,
): Promise<void> {
  const { execa } = await import('execa');
  const env = await connectedEnvironment(address, signal);
  const tail: string[] = [];
  const splitter = new LineSplitter();
  const child = execa('docker', args, {
    ...{ env, extendEnv: false, all: true, buffer: false, reject: false },
    cancelSignal: signal,
  });
  const take = (line: string) => {
    onLine(line);
    tail.push(line);
    if (tail.length > TAIL) tail.shift();
  };
  child.all.on('data', (chunk: Buffer) => splitter.push(chunk).forEach(take));
  const { exitCode, message = '' } = await child;
  if (signal.aborted) throw new CancelledError();
  if (exitCode === 0) return;
  throw new WizardFailure({
    kind: 'command',
    command: `docker ${args.join(' ')}`,
    where: address.endpoint,
    exitCode: exitCode ?? -1,
    tail: tail.length > 0 ? tail : [message.split('\n')[0] ?? ''],
  });
}

/**
 * Pushes images from one engine and pulls them to another one, where they get their own names. An image with several names is
 * sent once.
 * @param images those that the first engine has, by reference
 * @throws WizardFailure `command` with docker's words; CancelledError
 */
export async function copyThroughRegistry(
  copy: RegistryCopy,
  images: ReadonlyMap<string, { readonly id: string }>,
): Promise<void> {
  const { from, to, registry } = copy;
  for (const sent of new Set([...images.values()].map(({ id }) => id))) {
    const names = [...images].filter(([, { id }]) => id === sent).map(([name]) => name);
    const [ref = ''] = names;
    const target = `${registry}/${ref}`;
    await from.tag(ref, target);
    try {
      await docker(from, ['push', target], copy);
      await docker(to, ['pull', target], copy);
      for (const name of names) await to.tag(target, name);
    } finally {
      await Promise.all([from, to].map((engine) => engine.removeImage(target)));
    }
  }
}
