/** Base images from Debian packages. They are made on this machine's engine, which reaches the package mirror. The image of the gateway is copied with them. */
import { chmod, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { loadProduct } from '../bench/product.mjs';
import { root } from '../prepare.mjs';
import { choicesText, runWizard } from '../wizard.mjs';

/** The stages that provide the base images. The builder is first. */
const STAGES = ['base.builder', 'base.runtime'];
/** Images that are built on top of a base image have other names. */
const OWN_NAME = /^fabric-wizard\/debian-/;

/** Returns the id of an image and its names that the program gives to base images only; undefined if there is no such image. */
async function look(run, ref) {
  const args = ['image', 'inspect', '--format', '{{.Id}}{{range .RepoTags}} {{.}}{{end}}', ref];
  const { exitCode, stdout } = await run('docker', args, { mayFail: true });
  if (exitCode !== 0) return undefined;
  const [id, ...tags] = stdout.trim().split(' ');
  return { id, names: tags.filter((tag) => OWN_NAME.test(tag)) };
}

/**
 * Returns the name of the gateway's image if this machine's engine has it, in a list. An engine that has neither this image nor a
 * Go cache needs half a minute of two cores to compile it.
 */
export async function gatewayNames(run) {
  const { gatewayImage } = await loadProduct(root);
  const { stdout } = await run('docker', ['version', '--format', '{{.Server.Arch}}']);
  const { ref } = await gatewayImage(root, stdout.trim());
  return (await look(run, ref)) === undefined ? [] : [ref];
}

/**
 * Provides the base images of a source on this machine's engine. Those that it lacks are built.
 * @param options `run`: a runner with this machine's engine; `bin`: the program; `source`: a checkout; `folder`: for temporary files
 * @returns `names` of the images that another engine needs, and `builder`: its `name` and `id`
 */
export async function provideBases({ run, bin, source, folder }) {
  await mkdir(folder, { recursive: true });
  const choices = { source, project: 'fw-engines-bases', base: 'debian' };
  await writeFile(join(folder, 'fabric-wizard.yaml'), choicesText(choices));
  const wizard = (...args) => runWizard({ run, bin, folder }, args);
  // A failed check of something else is no obstacle.
  await wizard('doctor', '--fix', 'base', '--yes');
  const bases = [];
  for (const stage of STAGES) {
    const { events, stderr } = await wizard('explain', stage);
    const ref = events[0]?.writes;
    const found = ref && (await look(run, ref));
    if (!found) throw new Error(`${stage}: there is no image ${ref ?? ''} ${stderr.trim()}`.trim());
    // Without the name that the release requests, preflight asks a plain user to build the image as root.
    bases.push({ ...found, names: [...found.names, ref] });
  }
  const [{ id, names: ownNames }] = bases;
  const names = [...bases.flatMap((base) => base.names), ...(await gatewayNames(run))];
  return { names, builder: { name: ownNames[0], id } };
}

/**
 * Copies the base images of a source to an engine that runs.
 * @param options those of `provideBases`, whose `folder` both engines see, and `inside`: a runner with the other engine
 * @returns the builder: `name`, and its ids on both engines: `id` and `idInside`
 */
export async function copyBases({ inside, ...options }) {
  const { run, folder } = options;
  const { names, builder } = await provideBases(options);
  const there = await Promise.all(names.map((name) => look(inside, name)));
  const missing = names.filter((_, index) => there[index] === undefined);
  if (missing.length > 0) {
    const tar = join(folder, 'bases.tar');
    try {
      await run('docker', ['save', '--output', tar, ...missing]);
      // The client of the other engine may be another user's.
      await chmod(tar, 0o644);
      await inside('docker', ['load', '--quiet', '--input', tar]);
    } finally {
      await rm(tar, { force: true });
    }
  }
  return { ...builder, idInside: (await look(inside, builder.name)).id };
}
