/** PURE: command lines of the docker client, for a POSIX shell, that do what the program does through the API. */
import { shellLine } from '../core/shell-text.ts';

type Variables = Readonly<Record<string, string>>;

function variables(env: Variables): string[] {
  return Object.entries(env).flatMap(([name, value]) => ['-e', `${name}=${value}`]);
}

/** `docker run --rm …` with the container's mounts, environment and working directory. */
export function dockerRun(
  container: {
    readonly image: string;
    readonly env?: Variables;
    /** `SOURCE:TARGET[:ro]` */
    readonly binds?: readonly string[];
    readonly workdir?: string;
    readonly network?: string;
  },
  command: readonly string[],
): string {
  const { image, env = {}, binds = [], workdir, network } = container;
  return shellLine([
    'docker',
    'run',
    '--rm',
    ...(network === undefined ? [] : ['--network', network]),
    ...binds.flatMap((bind) => ['-v', bind]),
    ...(workdir === undefined ? [] : ['-w', workdir]),
    ...variables(env),
    image,
    ...command,
  ]);
}

/** `docker exec …` */
export function dockerExec(container: string, command: readonly string[], env: Variables = {}): string {
  return shellLine(['docker', 'exec', ...variables(env), container, ...command]);
}

/** Any other command of the docker client: `docker tag A B`. */
export function docker(...command: readonly string[]): string {
  return shellLine(['docker', ...command]);
}
