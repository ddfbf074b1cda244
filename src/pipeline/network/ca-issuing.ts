/** PURE: what runs in a container of Fabric CA to make certificates: one server with two CAs for each organisation. */
import { createHmac } from 'node:crypto';
import { stringify } from 'yaml';
import type { TarEntry } from '../engine/tar-context.ts';
import { CA_PORT } from '../images/ca-layout.ts';
import {
  affiliationsOf,
  CA_KEY_REQUEST,
  type CaAdmin,
  registrar,
  signingProfiles,
  TEN_YEARS,
} from './ca-files.ts';
import { CA_DATABASE } from './ca-parts.ts';
import type { IssuingOrg, NetworkIdentity } from './network-identities.ts';

/** Working directory of the container. */
export const ISSUING_DIR = '/work';
/** Folder in it with what was made: `DOMAIN/ca`, `DOMAIN/tlsca`, `DOMAIN/NAME/msp`, `DOMAIN/NAME/tls`, and databases. */
export const ISSUED = 'issued';
const CONFIG = 'fabric-ca-server-config.yaml';

/** The CAs of an organisation: one for its identities, and one for TLS, whose certificates name no member. */
export const CA_KINDS = ['ca', 'tlsca'] as const;
export type CaKind = (typeof CA_KINDS)[number];

/** The key and the certificate of a CA that exists. */
export interface CaRoot {
  readonly certificate: TarEntry['content'];
  readonly key: TarEntry['content'];
}

/** An organisation that gets certificates. */
export interface IssueRequest extends IssuingOrg {
  readonly admin: CaAdmin;
  /** Undefined for a new organisation, whose CAs are made. */
  readonly roots: Readonly<Record<CaKind, CaRoot>> | undefined;
  /** The database of its CA: in a volume, in a file of this host, or new. */
  readonly database: { readonly volume: string } | { readonly file: string } | undefined;
}

/**
 * Returns the secret with which an identity of the network is enrolled. It is not stored: it follows from that of the
 * administrator, so that a run that was killed is repeated with the same one.
 */
export function identitySecret({ secret }: CaAdmin, name: string): string {
  return createHmac('sha256', secret).update(name).digest('hex').slice(0, 36);
}

function homeOf({ org }: IssuingOrg, kind: CaKind): string {
  return `${ISSUING_DIR}/cas/${org.domain}/${kind}`;
}

/** Folder of the container with the database of an organisation's CA. */
function databaseDir({ org, database }: IssueRequest): string {
  return database && 'volume' in database
    ? `/volumes/${org.domain}`
    : `${ISSUING_DIR}/databases/${org.domain}`;
}

/** Returns the mounts of the container, in the engine's syntax. */
export function issuingBinds(requests: readonly IssueRequest[]): readonly string[] {
  return requests.flatMap((request) =>
    request.database && 'volume' in request.database
      ? [`${request.database.volume}:${databaseDir(request)}`]
      : [],
  );
}

function caName({ org }: IssuingOrg, kind: CaKind): string {
  return `${kind}.${org.domain}`;
}

function caConfig(request: IssueRequest, kind: CaKind): string {
  const { org, admin, identities, roots } = request;
  const home = homeOf(request, kind);
  const name = caName(request, kind);
  return stringify(
    {
      ca: {
        name,
        certfile: `${home}/root.pem`,
        // Of a new CA, the server makes the key, and keeps it with its others.
        ...(roots ? { keyfile: `${home}/root.key` } : {}),
      },
      crl: { expiry: TEN_YEARS },
      registry: {
        maxenrollments: -1,
        identities: [
          registrar(admin),
          ...identities.map((each) => ({
            name: each.name,
            pass: identitySecret(admin, each.name),
            type: each.type,
            affiliation: '',
          })),
        ],
      },
      db: {
        type: 'sqlite3',
        datasource: kind === 'ca' ? `${databaseDir(request)}/${CA_DATABASE}` : CA_DATABASE,
      },
      affiliations: affiliationsOf(org),
      signing: signingProfiles(),
      csr: {
        cn: name,
        names: [{ C: 'US', ST: 'California', L: 'San Francisco', O: org.domain }],
        keyrequest: CA_KEY_REQUEST,
        ca: { expiry: TEN_YEARS },
      },
    },
    { aliasDuplicateObjects: false },
  );
}

/** Returns a line of the script's input: what is enrolled, and where its files go. */
function enrolment(request: IssueRequest, { name, hosts }: NetworkIdentity, kind: CaKind): string {
  const { org, admin } = request;
  const login = `${encodeURIComponent(name)}:${identitySecret(admin, name)}`;
  return [
    caName(request, kind),
    kind === 'tlsca' ? 'tls' : '',
    `http://${login}@127.0.0.1:${CA_PORT}`,
    org.domain,
    (kind === 'tlsca' ? hosts : [name]).join(','),
    `${org.domain}/${name}/${kind === 'tlsca' ? 'tls' : 'msp'}`,
  ].join('|');
}

/** Returns the files that the container gets. Only its owner reads those with secrets. */
export function issuingInputs(requests: readonly IssueRequest[]): TarEntry[] {
  const file = (path: string, content: TarEntry['content']): TarEntry => ({
    name: path.slice(1),
    content,
    mode: 0o600,
  });
  const cas = requests.flatMap((request) =>
    CA_KINDS.map((kind) => ({
      home: homeOf(request, kind),
      config: caConfig(request, kind),
      root: request.roots?.[kind],
    })),
  );
  const enrolments = requests.flatMap((request) =>
    request.identities.flatMap((identity) => CA_KINDS.map((kind) => enrolment(request, identity, kind))),
  );
  const server = {
    address: '127.0.0.1',
    port: CA_PORT,
    // The container has no network.
    tls: { enabled: false },
    ca: { name: 'unused' },
    db: { type: 'sqlite3', datasource: CA_DATABASE },
    cafiles: cas.map(({ home }) => `${home}/${CONFIG}`),
  };
  return [
    file(`${ISSUING_DIR}/server/${CONFIG}`, stringify(server)),
    file(`${ISSUING_DIR}/enrolments`, `${enrolments.join('\n')}\n`),
    file(
      `${ISSUING_DIR}/databases-in-use`,
      requests.map((request) => `${request.org.domain}|${databaseDir(request)}\n`).join(''),
    ),
    ...cas.flatMap(({ home, config, root }) => [
      file(`${home}/${CONFIG}`, config),
      ...(root ? [file(`${home}/root.pem`, root.certificate), file(`${home}/root.key`, root.key)] : []),
    ]),
    ...requests.flatMap((request) =>
      request.database && 'file' in request.database
        ? [file(`${databaseDir(request)}/${CA_DATABASE}`, { file: request.database.file })]
        : [file(`${ISSUING_DIR}/databases/${request.org.domain}/.keep`, '')],
    ),
  ];
}

/**
 * Starts the server, enrols each identity, and collects keys, certificates and databases. Secrets are in the files and in
 * the environment of the client. A server that ends says why.
 */
export const ISSUING_SCRIPT = `
umask 077
fabric-ca-server start --home ${ISSUING_DIR}/server >server.log 2>&1 &
server=$!
trap 'kill $server 2>/dev/null || true' EXIT
until grep -q 'Listening on http' server.log; do
  kill -0 $server 2>/dev/null || { cat server.log >&2; exit 1; }
  sleep 0.1
done
while IFS='|' read -r ca profile url organisation hosts to; do
  FABRIC_CA_CLIENT_URL=$url fabric-ca-client enroll --home client --mspdir msp --caname "$ca" \
    --enrollment.profile "$profile" --csr.names "O=$organisation" --csr.hosts "$hosts" \
    </dev/null >client.log 2>&1 || { cat client.log >&2; exit 1; }
  mkdir -p "${ISSUED}/$to"
  mv client/msp/signcerts/cert.pem client/msp/keystore/*_sk "${ISSUED}/$to/"
  rm -rf client
  echo "$to"
done <enrolments
kill $server
wait $server || true
for home in cas/*/*; do
  to="${ISSUED}/\${home#cas/}"
  [ -e "$home/root.key" ] || { mkdir -p "$to"; cp "$home/root.pem" "$to/cert.pem"; cp "$home"/msp/keystore/*_sk "$to/"; }
done
while IFS='|' read -r domain folder; do
  [ "$folder" = "/volumes/$domain" ] || cp "$folder/${CA_DATABASE}" "${ISSUED}/$domain/"
done <databases-in-use
`;
