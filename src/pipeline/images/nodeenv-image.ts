/**
 * The image in which peers build and run chaincode in Node.js: Debian's Node.js and npm, with the registry of this
 * machine. Up to 1.4 peers build in ccenv, which gets the same additions.
 */
import { createHash } from 'node:crypto';
import { imageOverrides } from '../config/config.ts';
import type { WizardConfig } from '../config/wizard-config.ts';
import { shellWord } from '../core/shell-text.ts';
import type { TarEntry } from '../engine/tar-context.ts';
import type { BuildSettings } from '../fabric/build-settings.ts';
import { peerConfig } from '../fabric/peer-config.ts';
import type { HostApt } from '../host/host-apt.ts';
import type { NpmSettings } from '../host/npm-settings.ts';
import { BROUGHT_MODULES } from './brought-modules.ts';

/** Raised when the image changes, so that existing images are built again. */
const RECIPE = 1;

/** Packages with native code are compiled during the build of the chaincode. */
const PACKAGES = ['g++', 'make', 'nodejs', 'npm', 'python3'];

/** The variable with which a peer overrides `chaincode.node.runtime`. */
export const NODE_RUNTIME = 'CORE_CHAINCODE_NODE_RUNTIME';
const NODE_RUNTIME_KEY = 'chaincode.node.runtime';

const CA_FILE = '/etc/npm-ca.pem';
const PRELOAD = '/usr/local/lib/legacy-tls.cjs';

/** The peer runs `npm install --production` in the folder of the chaincode, on every release. */
const NPM = `#!/bin/sh
# npm for the builds of chaincode: packages that the chaincode brings are not downloaded.
if [ "$1" = install ] && [ -f ${BROUGHT_MODULES} ]; then
  tar -xzf ${BROUGHT_MODULES} && rm ${BROUGHT_MODULES} && exec /usr/bin/npm rebuild --offline
fi
exec /usr/bin/npm "$@"
`;

type PeerSettings = Pick<BuildSettings, 'release' | 'dockerNs' | 'version'>;

/**
 * Returns the image for peers that by default run Node.js chaincode on fabric-baseimage, of which only the published image
 * has Node.js. One that core.yaml names is left.
 */
function nodeRuntime({ release, dockerNs, version }: PeerSettings, core: unknown): string | undefined {
  if (release.lifecycle !== 'legacy' || !release.languages.includes('node')) return undefined;
  const configured = peerConfig(core, {}, release)(NODE_RUNTIME_KEY)?.value;
  const isDefault = configured === undefined || configured === release.images.node?.template;
  return isDefault ? `${dockerNs}/fabric-nodeenv:${version}` : undefined;
}

/**
 * Returns the variables of the peers that name images for chaincode.
 * @param core content of core.yaml, from `parseCoreYaml`
 */
export function chaincodeVariables(
  config: Pick<WizardConfig, 'chaincodeBuilder' | 'chaincodeRuntime'>,
  settings: PeerSettings,
  core: unknown,
): Record<string, string> {
  const runtime = nodeRuntime(settings, core);
  return { ...imageOverrides(config), ...(runtime === undefined ? {} : { [NODE_RUNTIME]: runtime }) };
}

export interface NodeenvRecipe {
  readonly fingerprint: string;
  readonly files: readonly TarEntry[];
}

export interface NodeenvInputs {
  /** Reference of the image that it is built on. */
  readonly base: string;
  /** Its id; empty if the result replaces the base, which then may be built on itself. */
  readonly baseId: string;
  readonly npm: NpmSettings;
  readonly apt: Pick<HostApt, 'options'> | undefined;
  /** A program that chaincode loads before it starts. */
  readonly preload?: string;
}

export function nodeenvRecipe({ base, baseId, npm, apt, preload }: NodeenvInputs): NodeenvRecipe {
  const options = (apt?.options ?? []).map((option) => ` -o ${shellWord(option)}`).join('');
  const npmrc = [...npm.lines, ...(npm.ca === undefined ? [] : [`cafile=${CA_FILE}`])];
  const env = [
    ...['GLOBALCONFIG=/etc/npmrc', 'UPDATE_NOTIFIER=false', 'AUDIT=false', 'FUND=false'].map(
      (setting) => `NPM_CONFIG_${setting}`,
    ),
    ...(preload === undefined ? [] : [`NODE_OPTIONS="--require ${PRELOAD}"`]),
  ];
  const dockerfile = `FROM ${base}
RUN apt-get${options} update \\
 && DEBIAN_FRONTEND=noninteractive apt-get${options} install -y --no-install-recommends ${PACKAGES.join(' ')} \\
 && rm -rf /var/lib/apt/lists/* /var/cache/apt/* /var/log/* \\
 && mkdir -p /chaincode/input /chaincode/output
COPY root /
ENV ${env.join(' ')}
`;
  const files: TarEntry[] = [
    { name: 'Dockerfile', content: dockerfile },
    { name: 'root/etc/npmrc', content: `${npmrc.join('\n')}\n` },
    { name: 'root/usr/local/bin/npm', content: NPM, mode: 0o755 },
    ...(npm.ca === undefined ? [] : [{ name: `root${CA_FILE}`, content: npm.ca }]),
    ...(preload === undefined ? [] : [{ name: `root${PRELOAD}`, content: preload }]),
  ];
  const hash = createHash('sha256').update(`nodeenv ${RECIPE} ${baseId}\0`);
  for (const { name, content } of files) hash.update(`${name}\0${String(content)}\0`);
  return { fingerprint: hash.digest('hex'), files };
}
