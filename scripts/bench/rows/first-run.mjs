/** From an engine without images and caches to the proof, and the commands that cannot be left out. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buildByHand } from '../by-hand.mjs';
import { partsOf } from '../events.mjs';
import { FIRST } from '../names.mjs';
import { networkOnFreePorts } from '../network.mjs';
import { hideImages, showImages } from '../shared-images.mjs';

async function byProgram(setup) {
  const { run, wizard, check, product, original } = setup;
  const folder = await setup.folder('first-run', FIRST, { base: 'debian', 'base-docker-ns': FIRST });
  const { release } = original;
  const { args: flags } = await networkOnFreePorts(product, { folder, flags: {}, release, project: FIRST });
  const measured = async () => {
    const result = await wizard(folder, ['up', '--yes', ...flags]);
    // The network would take processor time from what is measured next.
    await wizard(folder, ['clean', '--images', '--yes']);
    return result;
  };
  if (check) return measured();
  await hideImages(run);
  try {
    return await measured();
  } finally {
    await showImages(run);
  }
}

/** Makes both base images with Debian's programs. @returns `{parts, bases}` */
async function basesByHand({ run, dir, product, goArch, original }) {
  const apt = await product.readHostApt(goArch);
  const go = product.debianGo(apt.distribution, original.goVersion);
  const { codename } = apt.distribution;
  const bases = {
    builder: `${FIRST}/by-hand-builder:${codename}`,
    runtime: `${FIRST}/by-hand-runtime:${codename}`,
  };
  const root = join(dir, 'by-hand-root');
  const context = join(dir, 'by-hand-builder');
  await mkdir(context);
  const uri = apt.mirror.uri;
  const suite =
    go.suite === codename ? '' : `RUN echo "deb ${uri} ${go.suite} main" > /etc/apt/sources.list.d/go.list\n`;
  const packages = [...product.BUILDER_PACKAGES, go.package].join(' ');
  await writeFile(
    join(context, 'Dockerfile'),
    `FROM ${bases.runtime}
${suite}RUN apt-get update && apt-get install -y --no-install-recommends${suite && ` -t ${go.suite}`} ${packages} && rm -rf /var/lib/apt/lists/* && ln -s ${go.root} /opt/go
ENV GOPATH=/opt/gopath GOROOT=/opt/go PATH=/opt/gopath/bin:/opt/go/bin:/usr/sbin:/usr/bin:/sbin:/bin
`,
  );
  const include = `--include=${product.RUNTIME_PACKAGES.join(',')}`;
  const steps = [
    ['debootstrap', ['debootstrap', '--variant=minbase', include, codename, root, uri]],
    ['docker import', ['sh', '-c', `tar -C ${root} -c . | docker import - ${bases.runtime}`]],
    ['docker build of the builder', ['docker', 'build', '--quiet', '--tag', bases.builder, context]],
  ];
  const parts = [];
  for (const [what, [command, ...args]] of steps)
    parts.push({ what, seconds: (await run(command, args)).seconds });
  return { bases, parts };
}

export const firstRun = {
  name: 'first-run',
  what: '`up` to the proof on an engine without base images, gateway and Go cache',
  against:
    'debootstrap, `docker build` of a builder with Go, `go install` with one cache, and `docker build` of each image',
  atMost: 1.1,
  measure: async (setup) => {
    const { check, dir } = setup;
    setup.log('fabric-wizard');
    const measured = await byProgram(setup);
    setup.log('by hand');
    const made = check ? { bases: await setup.ownBases(FIRST), parts: [] } : await basesByHand(setup);
    const sharedCache = join(dir, 'first-by-hand-cache');
    await mkdir(sharedCache);
    if (check) await setup.warm(sharedCache, made.bases.builder);
    const built = await buildByHand(setup, {
      dir: join(dir, 'first-by-hand'),
      namespace: FIRST,
      bases: made.bases,
      sharedCache,
      // A check builds two images.
      ...(check ? { names: ['ccenv', 'peer'] } : {}),
    });
    const parts = [...made.parts, ...built.parts];
    return {
      measured: [measured.seconds],
      reference: [parts.reduce((sum, { seconds }) => sum + seconds, 0)],
      measuredParts: partsOf(measured),
      referenceParts: parts,
    };
  },
};
