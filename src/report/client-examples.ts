/** The lines of a Node.js and a Go program that call a chaincode. They are code, and the same in every language. */
import type { ClientOrg, Connection } from '../pipeline/network/connection.ts';

export interface ClientExample {
  /** What the program is written in. */
  readonly language: 'Node.js' | 'Go';
  /** The command that installs its library. */
  readonly install: string;
  readonly lines: readonly string[];
}

interface Called {
  readonly channel: string;
  readonly chaincode: string;
}

const NODE_CALL = "submitTransaction('invoke', 'a', 'b', '10')";
const GO_CALL = 'SubmitTransaction("invoke", "a", "b", "10")';

/** Clients of the Gateway in the peers. */
function gatewayExamples(file: string, org: ClientOrg, { channel, chaincode }: Called): ClientExample[] {
  const [peer] = org.nodes;
  const isSecure = org.tlsCa !== undefined;
  const nodeCredentials = isSecure ? 'createSsl(fs.readFileSync(g.tlsCaCertPath))' : 'createInsecure()';
  const goCredentials = isSecure
    ? `credentials.NewClientTLSFromCert(tlsCa, "${peer?.node}")`
    : 'insecure.NewCredentials()';
  const override = isSecure ? ", { 'grpc.ssl_target_name_override': g.hostAlias }" : '';
  return [
    {
      language: 'Node.js',
      install: 'npm install @hyperledger/fabric-gateway @grpc/grpc-js',
      lines: [
        `const g = JSON.parse(fs.readFileSync(${JSON.stringify(file)}));`,
        `const client = new grpc.Client(g.endpoint, grpc.credentials.${nodeCredentials}${override});`,
        'const signer = signers.newPrivateKeySigner(crypto.createPrivateKey(fs.readFileSync(g.keyPath)));',
        'const gateway = connect({ client, signer, identity: { mspId: g.mspId, credentials: fs.readFileSync(g.certPath) } });',
        `await gateway.getNetwork('${channel}').getContract('${chaincode}').${NODE_CALL};`,
      ],
    },
    {
      language: 'Go',
      install: 'go get github.com/hyperledger/fabric-gateway',
      lines: [
        `connection, err := grpc.NewClient("${peer?.address}", grpc.WithTransportCredentials(${goCredentials}))`,
        `id, err := identity.NewX509Identity("${org.mspId}", certificate)`,
        'sign, err := identity.NewPrivateKeySign(privateKey)',
        'gateway, err := client.Connect(id, client.WithSign(sign), client.WithClientConnection(connection))',
        `result, err := gateway.GetNetwork("${channel}").GetContract("${chaincode}").${GO_CALL}`,
      ],
    },
  ];
}

/** Clients that send proposals to peers and transactions to orderers themselves. */
function profileExamples(
  { files }: ClientOrg,
  discovery: boolean,
  { channel, chaincode }: Called,
): ClientExample[] {
  const option = discovery ? '{ enabled: true, asLocalhost: true }' : '{ enabled: false }';
  return [
    {
      language: 'Node.js',
      install: 'npm install fabric-network@2',
      lines: [
        `const wallet = await Wallets.newFileSystemWallet(${JSON.stringify(files.wallet)});`,
        `const profile = JSON.parse(fs.readFileSync(${JSON.stringify(files.profile)}));`,
        'const gateway = new Gateway();',
        `await gateway.connect(profile, { wallet, identity: 'user1', discovery: ${option} });`,
        `await (await gateway.getNetwork('${channel}')).getContract('${chaincode}').${NODE_CALL};`,
      ],
    },
  ];
}

/** Clients of `fabric-sdk-go`, which use discovery always. */
function sdkExamples({ files }: ClientOrg, { channel, chaincode }: Called): ClientExample[] {
  return [
    {
      language: 'Go',
      install: 'go get github.com/hyperledger/fabric-sdk-go',
      lines: [
        'os.Setenv("DISCOVERY_AS_LOCALHOST", "true")',
        `wallet, err := gateway.NewFileSystemWallet(${JSON.stringify(files.wallet)})`,
        `profile := gateway.WithConfig(config.FromFile(${JSON.stringify(files.profileYaml)}))`,
        'gw, err := gateway.Connect(profile, gateway.WithIdentity(wallet, "user1"))',
        `network, err := gw.GetNetwork("${channel}")`,
        `result, err := network.GetContract("${chaincode}").${GO_CALL}`,
      ],
    },
  ];
}

/** @param chaincode name of one that runs; undefined: a name that stands for it */
export function clientExamples(
  { channels, discovery }: Connection,
  org: ClientOrg,
  chaincode = 'CHAINCODE',
): readonly ClientExample[] {
  const called = { channel: channels[0] ?? '', chaincode };
  const { gateway } = org.files;
  if (gateway !== undefined) return gatewayExamples(gateway, org, called);
  return [...profileExamples(org, discovery, called), ...(discovery ? sdkExamples(org, called) : [])];
}
