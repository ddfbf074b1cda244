/**
 * The image in which peers build and run chaincode in Node.js: Debian's Node.js and npm, with the registry of this
 * machine. Up to 1.4 peers build in ccenv, which gets the same additions.
 */
import { createHash } from 'node:crypto';
import { imageOverrides } from '../config/config.ts';
import type { WizardConfig } from '../config/wizard-config.ts';
import type { TarEntry } from '../engine/tar-context.ts';
import type { BuildSettings } from '../fabric/build-settings.ts';
import type { HostApt } from '../host/host-apt.ts';
import type { NpmSettings } from '../host/npm-settings.ts';
import { shellWord } from '../host/shell-text.ts';

/** Raised when the image changes, so that existing images are built again. */
const RECIPE = 1;

/** Packages with native code are compiled during the build of the chaincode. */
const PACKAGES = ['g++', 'make', 'nodejs', 'npm', 'python3'];

/** The variable with which a peer overrides `chaincode.node.runtime`. */
export const NODE_RUNTIME = 'CORE_CHAINCODE_NODE_RUNTIME';

/** The installed packages of a chaincode, in its folder, where its build has to work without a registry. */
export const BROUGHT_MODULES = 'fabric-wizard-node-modules.tgz';

const CA_FILE = '/etc/npm-ca.pem';

/** The peer runs `npm install --production` in the folder of the chaincode, on every release. */
const NPM = `#!/bin/sh
# npm for the builds of chaincode: packages that the chaincode brings are not downloaded.
if [ "$1" = install ] && [ -f ${BROUGHT_MODULES} ]; then
  tar -xzf ${BROUGHT_MODULES} && rm ${BROUGHT_MODULES} && exec /usr/bin/npm rebuild --offline
fi
exec /usr/bin/npm "$@"
`;

/** Whether peers run Node.js chaincode on fabric-baseimage, of which only the published image has Node.js. */
function runsOnBaseImage({ release }: Pick<BuildSettings, 'release'>): boolean {
  return release.lifecycle === 'legacy' && release.languages.includes('node');
}

/** Returns the variables of the peers that name images for chaincode. */
export function chaincodeVariables(
  config: Pick<WizardConfig, 'chaincodeBuilder' | 'chaincodeRuntime'>,
  settings: Pick<BuildSettings, 'release' | 'dockerNs' | 'version'>,
): Record<string, string> {
  const runtime = `${settings.dockerNs}/fabric-nodeenv:${settings.version}`;
  return {
    ...imageOverrides(config),
    ...(runsOnBaseImage(settings) ? { [NODE_RUNTIME]: runtime } : {}),
  };
}

export interface NodeenvRecipe {
  readonly fingerprint: string;
  readonly files: readonly TarEntry[];
}

/**
 * @param base reference of the image that it is built on
 * @param baseId its id; empty if the result replaces the base, which then may be built on itself
 */
export function nodeenvRecipe(
  base: string,
  baseId: string,
  npm: NpmSettings,
  apt: Pick<HostApt, 'options'> | undefined,
): NodeenvRecipe {
  const options = (apt?.options ?? []).map((option) => ` -o ${shellWord(option)}`).join('');
  const npmrc = [...npm.lines, ...(npm.ca === undefined ? [] : [`cafile=${CA_FILE}`])];
  const dockerfile = `FROM ${base}
RUN apt-get${options} update \\
 && DEBIAN_FRONTEND=noninteractive apt-get${options} install -y --no-install-recommends ${PACKAGES.join(' ')} \\
 && rm -rf /var/lib/apt/lists/* /var/cache/apt/* /var/log/*
COPY npmrc ca.pem /etc/
RUN mv /etc/ca.pem ${CA_FILE} && mkdir -p /chaincode/input /chaincode/output
COPY npm /usr/local/bin/npm
ENV NPM_CONFIG_GLOBALCONFIG=/etc/npmrc NPM_CONFIG_UPDATE_NOTIFIER=false NPM_CONFIG_AUDIT=false NPM_CONFIG_FUND=false
`;
  const files: TarEntry[] = [
    { name: 'Dockerfile', content: dockerfile },
    { name: 'npmrc', content: `${npmrc.join('\n')}\n` },
    { name: 'ca.pem', content: npm.ca ?? '' },
    { name: 'npm', content: NPM, mode: 0o755 },
  ];
  const hash = createHash('sha256').update(`nodeenv ${RECIPE} ${baseId}\0`);
  for (const { name, content } of files) hash.update(`${name}\0${String(content)}\0`);
  return { fingerprint: hash.digest('hex'), files };
}
