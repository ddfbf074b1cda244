/** The scripts that a container of a service runs. */
import { createHash } from 'node:crypto';
import { CONFINED } from '../engine/container-run.ts';
import type { TarEntry } from '../engine/tar-context.ts';
import type { ChaincodeLanguage } from '../fabric/release-facts.ts';

/** A language whose programs run in a container of this program. */
export type ServiceLanguage = Exclude<ChaincodeLanguage, 'java'>;

/** How the process of a program serves its peers. */
export interface ProgramKind {
  readonly language: ServiceLanguage;
  /**
   * Present if it does not listen, but registers at its peer, as all chaincode of 1.x does: a hub beside it is this peer.
   * `own`: the container has the hub only, and the user starts the process.
   */
  readonly registers?: 'here' | 'own';
}

/** Where the hub listens for the process. */
export const HUB_PORT = 7052;
/** Its file beside the program. */
export const HUB = '.hub';

/** Keeps the packages of npm from one version to the next. */
const INSTALL = `if [ ! -e node_modules/.packages ]; then
  npm install --omit=dev
  cp .packages node_modules/.packages
fi`;

/** Programs that listen. */
const SERVER: Readonly<Record<ServiceLanguage, string>> = {
  go: 'exec ./chaincode',
  node: `${INSTALL}
exec node_modules/.bin/fabric-chaincode-node server \\
  --chaincode-address "$CHAINCODE_SERVER_ADDRESS" --chaincode-id "$CHAINCODE_ID"`,
};

const AT_HUB = `peer.address 127.0.0.1:${HUB_PORT}`;

/** Programs that register. Their shim ends without an error if the hub does, and the engine starts only what has failed. */
const CLIENT: Readonly<Record<ServiceLanguage, string>> = {
  go: `./chaincode -${AT_HUB} || exit\nexit 1`,
  node: `${INSTALL}
npm start -- --${AT_HUB} || exit
exit 1`,
};

function commandOf({ language, registers }: ProgramKind): string {
  // The engine starts the container again if the hub ends.
  if (registers === 'own') return 'while kill -0 "$hub" 2>/dev/null; do sleep 1; done\nexit 1';
  return registers === 'here' ? CLIENT[language] : SERVER[language];
}

/**
 * The hub goes on while the process restarts. It is in each version of the program, and only the first one is run. Other containers
 * must not register there in place of the process. The port of a process outside is published, which needs all interfaces.
 */
function hubScript(registers: NonNullable<ProgramKind['registers']>): string {
  return `
  if [ -z "\${hub:-}" ]; then
    ./app/${HUB} ${registers === 'here' ? '127.0.0.1' : ''}:${HUB_PORT} &
    export hub=$!
  fi`;
}

/**
 * Takes what was brought, as a whole, and runs it. At SIGHUP it does so again, which takes less time than to restart the
 * container. A signal can come at any moment: one that comes before the process is known is remembered. The process has a
 * group of its own, so that npm cannot write any more when the files are moved.
 */
const runScript = (start: string) => `#!/bin/sh
set -eu
cd "$(dirname "$0")"
child=
again=
end() {
  if [ -z "$child" ]; then return; fi
  kill -9 "-$child" 2>/dev/null || kill -9 "$child" 2>/dev/null || true
}
trap 'again=1; end' HUP
take() {
  # Moved first: what is brought from now on is taken the next time.
  if [ -f next ]; then mv next taking; fi
  if [ ! -f taking ]; then return; fi
  next=$(cat taking)
  if [ -d "$next" ]; then
    if [ -f app/${HUB} ] && [ ! -f "$next/${HUB}" ]; then mv app/${HUB} "$next/"; fi
    if cmp -s app/node_modules/.packages "$next/.packages"; then mv app/node_modules "$next/"; fi
    rm -rf app
    mv "$next" app
  fi
  rm taking
}
while :; do
  again=
  take${start}
  setsid sh ./program &
  child=$!
  if [ -n "$again" ]; then end; fi
  status=0
  wait "$child" || status=$?
  # The signal ends the wait before the process has ended. "Killed" would look like output of the next program.
  if [ -n "$again" ]; then wait "$child" 2>/dev/null || true; else wait "$child" || true; fi
  end
  tries=0
  while [ "$tries" -lt 40 ] && kill -0 "-$child" 2>/dev/null; do
    sleep 0.05
    tries=$((tries + 1))
  done
  child=
  if [ -z "$again" ] && [ ! -f next ]; then
    echo "The program ended with exit code $status." >&2
    exit "$status"
  fi
done
`;

/**
 * Offers a program to the running script, and waits until it has taken it. $1 digest of the program, $2 name of the file that has
 * it, $3 process of the script
 */
const TAKE = `
set -eu
printf %s "$1" >offered
mv offered next
kill -HUP "$3"
tries=0
until [ ! -e next ] && [ "$(cat "app/$2" 2>/dev/null)" = "$1" ]; do
  tries=$((tries + 1))
  [ "$tries" -lt 1500 ] || exit 1
  sleep 0.02
done
`;

/**
 * Returns the command that lets a running container take a program. Its working directory is that of the scripts.
 * @param script id of the process that runs them
 */
export function takeCommand(digest: string, digestFile: string, script = 1): readonly string[] {
  return ['sh', '-c', TAKE, 'take', digest, digestFile, String(script)];
}

/** Returns the scripts of a container. */
export function serviceScripts(kind: ProgramKind): readonly TarEntry[] {
  return [
    {
      name: 'run',
      content: runScript(kind.registers === undefined ? '' : hubScript(kind.registers)),
      mode: 0o755,
    },
    { name: 'program', content: `set -eu\ncd app\n${commandOf(kind)}\n`, mode: 0o644 },
  ];
}

/** Returns what tells whether a container has these scripts and these limits: it keeps those that it was created with. */
export function containerFingerprint(kind: ProgramKind): string {
  const hash = createHash('sha256').update(`${JSON.stringify(CONFINED)}\0`);
  for (const { content } of serviceScripts(kind)) hash.update(`${String(content)}\0`);
  return hash.digest('hex');
}
