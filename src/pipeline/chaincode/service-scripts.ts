/** The scripts that a container of a service runs. */
import { createHash } from 'node:crypto';
import { CONFINED } from '../engine/container-run.ts';
import type { TarEntry } from '../engine/tar-context.ts';
import type { ChaincodeLanguage } from '../fabric/release-facts.ts';

/** A language whose programs run in a container of this program. */
export type ServiceLanguage = Exclude<ChaincodeLanguage, 'java'>;

/** Where a program is, and what keeps the packages of npm from one version to the next. */
const PROGRAM: Readonly<Record<ServiceLanguage, string>> = {
  go: 'exec ./chaincode',
  node: `if [ ! -e node_modules/.packages ]; then
  npm install --omit=dev
  cp .packages node_modules/.packages
fi
exec node_modules/.bin/fabric-chaincode-node server \\
  --chaincode-address "$CHAINCODE_SERVER_ADDRESS" --chaincode-id "$CHAINCODE_ID"`,
};

/**
 * Takes what was brought, as a whole, and runs it. At SIGHUP it does so again, which takes less time than to restart the
 * container. A signal can come at any moment: one that comes before the process is known is remembered. The process has a
 * group of its own, so that npm cannot write any more when the files are moved.
 */
const RUN = `#!/bin/sh
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
    if cmp -s app/node_modules/.packages "$next/.packages"; then mv app/node_modules "$next/"; fi
    rm -rf app
    mv "$next" app
  fi
  rm taking
}
while :; do
  again=
  take
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

/** Returns the scripts of a container. */
export function serviceScripts(language: ServiceLanguage): readonly TarEntry[] {
  return [
    { name: 'run', content: RUN, mode: 0o755 },
    { name: 'program', content: `set -eu\ncd app\n${PROGRAM[language]}\n`, mode: 0o644 },
  ];
}

/** Returns what tells whether a container has these scripts and these limits: it keeps those that it was created with. */
export function containerFingerprint(language: ServiceLanguage): string {
  const hash = createHash('sha256').update(`${JSON.stringify(CONFINED)}\0`);
  for (const { content } of serviceScripts(language)) hash.update(`${String(content)}\0`);
  return hash.digest('hex');
}
