/** Are the images what they claim to be: layout, and the versions compiled into the peer. */
import { basename, dirname, join } from 'node:path';
import { projectLabels, type RunContext } from '../context/run-context.ts';
import type { StageExecutor } from '../context/stage.ts';
import { WizardFailure } from '../core/failure.ts';
import type { Text } from '../core/phrase.ts';
import { unreachable } from '../core/unreachable.ts';
import type { ImageInfo } from '../engine/engine-types.ts';
import type { BuildSettings } from '../fabric/build-settings.ts';
import { parseVersion } from '../fabric/peer-version.ts';
import type { Release } from '../fabric/release.ts';
import type { ImageName, LdflagVariable } from '../fabric/release-facts.ts';
import { dockerfileOf } from '../images/dockerfiles.ts';
import { programsIn } from '../images/image-programs.ts';
import { primaryRef } from '../images/image-recipe.ts';
import { isUpstream } from '../images/upstream-dockerfiles.ts';
import { STATE_KEYS } from '../journal/state-keys.ts';
import { MSP_CONFIG, MSP_PATH } from '../resolve/sample-msp.ts';
import { requireImage } from './require-image.ts';

const PROGRAMS = '/usr/local/bin';

interface Layout {
  readonly files: readonly string[];
  readonly ports: readonly string[];
}

/** @param upstream by the checkout's own Dockerfile: the engine makes the ledger's folder where a volume is put */
function layoutOf(name: ImageName, line: Release, upstream: boolean): Layout {
  const programs = programsIn(name, line).map((program) => `${PROGRAMS}/${program}`);
  switch (name) {
    case 'baseos':
      return { files: ['/home/chaincode'], ports: [] };
    case 'ccenv':
      return { files: ['/chaincode/input', '/chaincode/output', ...programs], ports: [] };
    case 'peer':
    case 'orderer': {
      const ledger = upstream ? [] : ['/var/hyperledger/production'];
      return { files: [...ledger, ...programs], ports: name === 'peer' ? [] : ['7050/tcp'] };
    }
    case 'tools':
      return { files: programs, ports: [] };
    default:
      return unreachable(name);
  }
}

/** The checkout's own Dockerfiles put in what the node reads and no more. */
function isConfigOf(name: ImageName, path: string, upstream: boolean): boolean {
  if (!upstream || name === 'tools') return true;
  return path === (name === 'peer' ? 'sampleconfig/core.yaml' : 'sampleconfig/orderer.yaml');
}

/** Fields of `peer version` and what each must say. */
export function expectedVersion(settings: BuildSettings): Record<string, string> {
  const has = (variable: LdflagVariable) => settings.release.ldflagVariables.includes(variable);
  const all: Record<string, string | undefined> = {
    Version: has('Version') ? settings.version : undefined,
    'Commit SHA': has('CommitSHA') ? settings.commitSha : undefined,
    'Base Image Version': has('BaseVersion') ? settings.baseVersion : undefined,
    'Base Docker Namespace': has('BaseDockerNamespace') ? settings.baseDockerNs : undefined,
    'Base Docker Label': settings.dockerLabel,
    'Docker Namespace': settings.dockerNs,
  };
  return Object.fromEntries(
    Object.entries(all).filter((pair): pair is [string, string] => pair[1] !== undefined),
  );
}

/** 1.0's peer loads an MSP before it prints its version, and the certificates in sampleconfig expired in 2021. */
const PEER_VERSION = `
cd /fw
./cryptogen generate --config=crypto-config.yaml --output=crypto >/dev/null
CORE_PEER_MSPCONFIGPATH=/fw/crypto/${MSP_PATH} peer version
`;

function refuse(image: string, what: Text, expected: Text, got: Text): never {
  throw new WizardFailure({ kind: 'check', what: { key: 'thing.in-image', what, image }, expected, got });
}

export function verifyStage(bench: RunContext, images: readonly ImageName[]): StageExecutor {
  return async (context) => {
    const { docker, settings, source, outputs } = bench;
    const labels = projectLabels(bench);
    const known = bench.journal.getFact(STATE_KEYS.verified.key, STATE_KEYS.verified.schema) ?? [];
    const ids: string[] = [];
    let again = 0;
    let done = 0;

    const layout = async (name: ImageName, image: ImageInfo) => {
      const ref = primaryRef(settings, name);
      const { release } = settings;
      const { files: wantedFiles, ports } = layoutOf(name, release, isUpstream(name, bench));
      for (const port of ports) {
        if (!image.exposedPorts.includes(port))
          refuse(ref, { key: 'thing.ports' }, port, image.exposedPorts.join(', ') || { key: 'state.none' });
      }
      // 1.0.0's tools image, and a Dockerfile that somebody has changed, need not have all that is compiled.
      const { text } = await dockerfileOf(name, source.dir, settings, false);
      const isPutIn = (path: string) =>
        dirname(path) !== PROGRAMS || text.includes(`payload/${basename(path)}`);
      await docker.withCreated(image.id, labels, async (files) => {
        for (const path of wantedFiles.filter(isPutIn)) {
          if (!(await files.has(path))) refuse(ref, path, { key: 'state.present' }, { key: 'state.absent' });
        }
        if (name === 'baseos' || (name === 'ccenv' && release.goshimScript === undefined)) return;
        if (name === 'ccenv') {
          const shim = `/opt/gopath/src/${release.shim.shim}/shim.go`;
          const found = await Promise.all([shim, shim.replace('shim.go', 'chaincode.go')].map(files.has));
          if (!found.includes(true))
            refuse(
              ref,
              { key: 'thing.shim' },
              { key: 'state.under', dir: shim.replace('/shim.go', '') },
              { key: 'state.absent' },
            );
          return;
        }
        const cfg = release.cfgPath;
        if (image.env.FABRIC_CFG_PATH !== cfg)
          refuse(ref, 'FABRIC_CFG_PATH', cfg, image.env.FABRIC_CFG_PATH ?? { key: 'state.none' });
        const there = new Set((await files.read(cfg)).map((entry) => entry.name.replace(/^[^/]+\//, '')));
        const wanted = [...source.tree.files.keys()].filter(
          (path) => path.startsWith('sampleconfig/') && isConfigOf(name, path, isUpstream(name, bench)),
        );
        const missing = wanted
          .map((path) => path.replace('sampleconfig/', ''))
          .filter((path) => !there.has(path));
        if (missing.length > 0)
          refuse(
            ref,
            { key: 'thing.sampleconfig', dir: cfg },
            { key: 'state.files', count: wanted.length },
            { key: 'state.missing', files: missing.join(', ') },
          );
      });
    };

    /** A cryptogen of ours need not run on the checkout's own images; from 2.0 on none is needed. */
    const loadMsp = () => {
      if (isUpstream('peer', bench)) return { script: 'peer version', inputs: [] };
      if (!outputs) throw new Error('verify needs the compile stage');
      const cryptogen = join(outputs.dir, 'cryptogen');
      return {
        script: PEER_VERSION,
        inputs: [
          { name: 'fw/cryptogen', content: { file: cryptogen }, mode: 0o755 },
          { name: 'fw/crypto-config.yaml', content: MSP_CONFIG },
        ],
      };
    };

    const versions = async (image: ImageInfo) => {
      const { script, inputs } = loadMsp();
      const lines: string[] = [];
      await docker.runToEnd(
        {
          image: image.id,
          cmd: ['sh', '-euc', script],
          networkMode: 'none',
          labels,
          inputs,
          signal: context.signal,
          onLine: (line) => {
            lines.push(line);
            context.log(line);
          },
        },
        async () => undefined,
      );
      const said = parseVersion(lines.join('\n'));
      for (const [key, expected] of Object.entries(expectedVersion(settings))) {
        if (said[key] !== expected) {
          refuse(
            primaryRef(settings, 'peer'),
            { key: 'thing.version', name: key },
            expected,
            said[key] ?? lines.join(' | '),
          );
        }
      }
    };

    await Promise.all(
      images.map(async (name) => {
        const image = await requireImage(docker, primaryRef(settings, name));
        ids.push(image.id);
        if (known.includes(image.id)) again += 1;
        else await Promise.all([layout(name, image), ...(name === 'peer' ? [versions(image)] : [])]);
        done += 1;
        context.progress(done, images.length, 'steps', name);
      }),
    );
    await bench.journal.setFact(
      STATE_KEYS.verified.key,
      [...known.filter((id) => !ids.includes(id)), ...ids].slice(-16),
    );
    const { version } = settings;
    const count = images.length;
    return {
      outcome: 'built',
      detail:
        again > 0
          ? { key: 'detail.verified-again', count, again, version }
          : { key: 'detail.verified', count, version },
    };
  };
}
