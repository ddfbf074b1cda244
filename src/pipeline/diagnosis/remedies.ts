/** Commands that fix each symptom, most likely first. The same in every language. */
import type { DiagnosisFacts, SymptomId } from '../core/diagnosis-types.ts';
import { sshWords } from '../core/engine-origin.ts';
import { shellLine, shellWord } from '../core/shell-text.ts';
import { tagCommand } from '../fabric/image-ref.ts';

type Remedy = (facts: DiagnosisFacts) => readonly string[];

const UP = 'fabric-wizard up --yes';
export const SMOKE = 'fabric-wizard smoke';
/** The image that peers compile chaincode in; `--builder-image` compiles Fabric itself. */
const OTHER_BUILDER = `${UP} --chaincode-builder IMAGE`;
const DOCTOR = 'fabric-wizard doctor';
const FROM_DEBIAN = 'fabric-wizard up --yes --base debian';
const REBUILD = 'fabric-wizard rebuild';
const RESTART_ENGINE = 'sudo systemctl restart docker';
/** Recreates the containers, keeps everything else. */
export const AGAIN = 'fabric-wizard down && fabric-wizard up --yes';
/** Removes the ledgers: only for symptoms whose text proves that a ledger is the cause. */
export const NEW_LEDGERS = 'fabric-wizard down --volumes && fabric-wizard up --yes';
/** Creates certificates and ledgers anew, and keeps the old ones: the names of volumes depend on the certificates. */
export const NEW_NETWORK =
  'mv .fabric-wizard/network .fabric-wizard/network-$(date +%s) && fabric-wizard up --yes';

/** Tags the project's image with the name that the peer asks for; `smoke` then shows whether it works. */
function retag({ own = '', image = '' }: DiagnosisFacts): string[] {
  const tag = tagCommand(own, image);
  // Only a registry can provide an image by its digest.
  return [tag === undefined ? `docker pull ${shellWord(image)}` : `${tag} && fabric-wizard smoke`];
}

function otherName(code: string): Remedy {
  return (facts) => [...retag(facts), `fabric-wizard resolve --fix ${code}`, 'fabric-wizard resolve'];
}

const absent: Remedy = (facts) => {
  const { role, image, own } = facts;
  // The project builds an image of exactly this name.
  if (own === image) return [UP, 'fabric-wizard resolve'];
  return [
    ...retag(facts),
    `fabric-wizard resolve --fix ${role}-absent --by override`,
    ...(role === 'runtime' ? ['fabric-wizard resolve --fix runtime-absent --by build'] : []),
    UP,
    'fabric-wizard resolve',
  ];
};

/** `up` makes artifacts again, but never certificates: other ledgers would belong to them. */
const absentFile: Remedy = ({ path = '' }) => [
  path.includes('/crypto-config/') ? NEW_NETWORK : AGAIN,
  DOCTOR,
];

function logsOf(node: string | undefined): string {
  return `fabric-wizard logs ${shellWord(node ?? '')}`.trim();
}

function otherPorts(port: string | undefined): string {
  const base = Number(port) + 10_000 > 60_000 ? 20_050 : (Math.floor(Number(port) / 1000) + 10) * 1000 + 50;
  return `${UP} --port-base ${base}`;
}

const REMEDIES: Readonly<Record<SymptomId, Remedy>> = {
  // images
  'upstream-offline': () => [`${UP} --dockerfiles own`, DOCTOR],
  'builder-other-namespace': otherName('builder-namespace'),
  'runtime-other-namespace': otherName('runtime-namespace'),
  'builder-other-tag': otherName('builder-tag'),
  'runtime-other-tag': otherName('runtime-tag'),
  'builder-absent': absent,
  'runtime-absent': absent,
  'runtime-pulled-although-here': () => ['fabric-wizard resolve', UP],
  'reference-unfilled': () => ['fabric-wizard resolve', UP],
  'reference-invalid': () => ['fabric-wizard resolve', 'fabric-wizard config'],
  'ccenv-latest-gone': () => ['fabric-wizard build ccenv', UP],
  'tools-gone': () => ['fabric-wizard build tools', UP],
  'pull-rate-limit': () => ['docker login', FROM_DEBIAN],
  'no-image-for-architecture': () => [FROM_DEBIAN, DOCTOR],
  'program-of-other-architecture': () => [
    "docker image inspect --format '{{.Architecture}}' IMAGE",
    `${UP} --base debian`,
  ],
  'emulated-go': () => [FROM_DEBIAN, DOCTOR],
  'version-of-two-words': () => ['fabric-wizard build --force', UP],
  'builder-not-pulled': () => ['fabric-wizard build ccenv', 'fabric-wizard resolve'],
  'image-not-in-registry': () => ['fabric-wizard resolve', FROM_DEBIAN],
  'image-vanished': () => [UP],
  'registry-unreachable': () => ['fabric-wizard resolve', FROM_DEBIAN, DOCTOR],
  // engine
  'engine-too-new-for-peer': () => [
    `${UP} --gateway`,
    "docker version --format '{{.Server.Version}}, API from {{.Server.MinAPIVersion}}'",
    DOCTOR,
  ],
  'engine-too-old-for-client': () => [
    `${UP} --gateway`,
    "docker version --format '{{.Server.Version}}'",
    DOCTOR,
  ],
  'client-too-old-for-engine': () => ['docker compose version', DOCTOR],
  'engine-answers-no-inspection': () => [
    `${UP} --gateway`,
    "docker version --format '{{.Server.Version}}, API {{.Server.APIVersion}}'",
    DOCTOR,
  ],
  'socket-not-in-peer': () => ['docker context ls', DOCTOR, UP],
  'gateway-gone': () => [UP, logsOf('gateway'), DOCTOR],
  'gateway-refuses': () => [logsOf('gateway'), 'fabric-wizard resolve', `${UP} --no-gateway`],
  'socket-refused': () => [AGAIN, DOCTOR],
  'socket-denied-in-container': () => ["docker info --format '{{.SecurityOptions}}'", DOCTOR],
  'socket-denied': () => ['sudo usermod -aG docker $USER', 'newgrp docker', DOCTOR],
  'endpoint-wrong': () => [UP, DOCTOR],
  'engine-gone': () => ['sudo systemctl start docker', UP],
  'address-pools-used-up': () => ['docker network ls', 'docker network rm NETWORK'],
  'container-name-taken': ({ container }) => [
    `docker inspect --format '{{json .Config.Labels}}' ${shellWord(container ?? '')}`,
    'fabric-wizard down',
    `${UP} --project NAME`,
  ],
  'compose-too-old': () => ['docker-compose version', DOCTOR],
  'firewall-rules-gone': () => [RESTART_ENGINE, UP],
  'bridge-gone': () => [RESTART_ENGINE, UP],
  'mounts-denied': () => [`${UP} --dir FOLDER`],
  // host
  'disk-full': () => ['docker system df', 'df -h', DOCTOR],
  'no-more-threads': () => ['ulimit -u', "docker version --format '{{.Server.Version}}'"],
  'too-many-open-files': () => ['ulimit -n 65536', UP],
  'engine-older-than-image': () => ["docker version --format '{{.Server.Version}}'", FROM_DEBIAN],
  'header-missing': () => [FROM_DEBIAN, 'fabric-wizard up --builder-image IMAGE'],
  'config-not-found': () => ['fabric-wizard build peer orderer tools --force', 'eval "$(fabric-wizard env)"'],
  'line-ends-of-windows': () => [
    'git config core.autocrlf input',
    // Checks every file out again, but only if there is no change that could be lost.
    'git diff --quiet HEAD && git rm --cached -r -q . && git reset --hard',
  ],
  'file-of-other-user': () => ['sudo chown -R "$(id -u):$(id -g)" .fabric-wizard', UP],
  'download-failed': () => [DOCTOR, UP],
  'tool-not-in-image': () => [FROM_DEBIAN, DOCTOR],
  // network
  'chaincode-network-absent': () => [UP, 'docker network ls'],
  'port-of-container': ({ port, owner }) => [
    otherPorts(port),
    `docker stop ${shellWord(owner ?? '')} && ${UP}`,
  ],
  'port-not-released': ({ port, owner }) => [UP, owner === undefined ? otherPorts(port) : AGAIN],
  'port-in-use': ({ port, elsewhere }) => {
    const list = `sudo ss -ltnp 'sport = :${port}'`;
    return [
      elsewhere === undefined ? list : shellLine(sshWords(elsewhere, ['-t'], [list])),
      otherPorts(port),
    ];
  },
  'bind-source-absent': absentFile,
  'folder-in-place-of-file': absentFile,
  'genesis-is-folder': () => [AGAIN],
  'genesis-absent': () => [AGAIN],
  'node-panics': ({ node }) => [logsOf(node), REBUILD],
  'node-killed': ({ node }) => [UP, logsOf(node), 'free -m'],
  'node-stopped': ({ node }) => [UP, logsOf(node)],
  'node-ended': ({ node }) => [logsOf(node), DOCTOR],
  'node-not-in-network': () => [AGAIN, 'docker network ls'],
  'node-behind-proxy': () => [AGAIN, DOCTOR],
  'node-not-listening': () => ['fabric-wizard status', 'fabric-wizard logs', UP],
  // certificates
  'certificates-of-other-ca': () => [AGAIN, 'eval "$(fabric-wizard env)"', NEW_NETWORK],
  'certificate-expired': () => ['date', NEW_NETWORK],
  'certificate-of-other-name': () => ['eval "$(fabric-wizard env)"', NEW_NETWORK],
  'tls-on-one-side': () => ['fabric-wizard config', AGAIN],
  'certificate-unreadable': () => [
    'chmod -R u+rX .fabric-wizard/network/crypto-config',
    'ls -lRZ .fabric-wizard/network/crypto-config',
    DOCTOR,
  ],
  'pkcs11-unusable': () => ['fabric-wizard resolve', REBUILD],
  'msp-absent': () => [AGAIN, NEW_NETWORK],
  'msp-incomplete': () => [NEW_NETWORK],
  'not-an-admin': () => ['eval "$(fabric-wizard env)"', NEW_NETWORK],
  'creator-unknown': () => ['eval "$(fabric-wizard env)"', AGAIN, NEW_NETWORK],
  // ledgers
  'channel-exists': () => [UP, 'fabric-wizard logs orderer'],
  'channel-joined-before': () => [UP, AGAIN],
  'ledger-of-other-crypto': () => [NEW_NETWORK, 'fabric-wizard logs orderer'],
  'ledger-damaged': () => [NEW_LEDGERS],
  'ledger-of-other-version': () => ['fabric-wizard config', NEW_LEDGERS],
  'capability-unknown': () => ['fabric-wizard config', NEW_NETWORK],
  'no-raft-leader': () => [UP, 'fabric-wizard logs orderer'],
  'couchdb-not-ready': () => [UP, 'docker ps --all --filter name=couch'],
  'couchdb-denied': () => [AGAIN, 'fabric-wizard logs'],
  'orderer-refuses': () => ['fabric-wizard logs orderer', UP],
  // chaincode
  'chaincode-package-missing': () => ['go mod vendor', SMOKE],
  'chaincode-does-not-compile': () => [SMOKE],
  'chaincode-excluded': () => [SMOKE, OTHER_BUILDER],
  'chaincode-has-no-source': () => [`${SMOKE} --chaincode FOLDER`],
  'chaincode-of-two-packages': () => [SMOKE],
  'chaincode-has-no-main': () => [SMOKE],
  'chaincode-is-no-program': () => [SMOKE],
  'chaincode-header-missing': () => [OTHER_BUILDER],
  'chaincode-library-missing': () => [OTHER_BUILDER],
  'chaincode-no-c-compiler': () => [OTHER_BUILDER, 'fabric-wizard resolve'],
  'chaincode-no-build-cache': () => [`${UP} --chaincode-builder core.yaml`, 'fabric-wizard resolve'],
  'vendoring-inconsistent': () => ['go mod tidy && go mod vendor', SMOKE],
  'go-too-old': () => ['docker run --rm IMAGE go version', 'go mod edit -go=VERSION'],
  'modules-not-reachable': () => ['go mod vendor', SMOKE],
  'vcs-status': () => ['go env -w GOFLAGS=-buildvcs=false'],
  'compiler-killed': () => ['free -m', `${UP} --jobs 1`],
  'chaincode-panics': () => [SMOKE],
  'chaincode-cannot-reach-peer': () => [UP, 'docker network ls'],
  'runtime-libc-too-old': () => [FROM_DEBIAN, 'fabric-wizard config'],
  'runtime-has-no-loader': () => [FROM_DEBIAN, 'fabric-wizard config'],
  'static-resolver-crash': () => [FROM_DEBIAN, 'fabric-wizard config'],
  'chaincode-ended': () => [SMOKE],
  'chaincode-ended-silently': () => [SMOKE, 'docker network ls'],
  'chaincode-start-timeout': () => [SMOKE, 'fabric-wizard build ccenv --force'],
  'chaincode-answer-timeout': () => [SMOKE, DOCTOR],
  'chaincode-refuses': () => [SMOKE],
  'endorsements-differ': () => [SMOKE, REBUILD],
  'chaincode-exists': () => [SMOKE],
  'chaincode-image-gone': () => [AGAIN],
};

export function remediesFor(symptom: SymptomId, facts: DiagnosisFacts): readonly string[] {
  return REMEDIES[symptom](facts);
}
