/** What containers mount as the source: the checkout or, on an engine that does not have it, a volume with a copy. */
import { createHash } from 'node:crypto';
import { hostname } from 'node:os';
import { join, posix } from 'node:path';
import { projectLabels, type StageContext } from '../context/run-context.ts';
import { sharesHost } from '../core/engine-origin.ts';
import { LABEL } from '../engine/labels.ts';
import { readSourceTree } from '../fabric/source-tree.ts';
import { copyFolders } from '../host/copied-folders.ts';
import { buildDir } from '../host/state-folder.ts';
import { requireImage } from '../images/require-image.ts';

type MountContext = Pick<
  StageContext,
  'docker' | 'settings' | 'source' | 'stateDir' | 'project' | 'runId' | 'sharedBuilds' | 'signal' | 'report'
>;

/** Returns the name of the volume with the copy of a checkout of this host. */
export function sourceVolume(project: string, dir: string): string {
  const place = createHash('sha256').update(`${hostname()}\0${dir}`).digest('hex');
  return `${project}-source-${place.slice(0, 8)}`;
}

/**
 * Returns what is mounted: a path, or the name of a volume that has the source as it is now.
 * @throws WizardFailure, CancelledError
 */
export async function sourceMount(context: MountContext): Promise<string> {
  const { docker, settings, source, stateDir, project, sharedBuilds, signal, report } = context;
  if (sharesHost(docker.address)) return source.dir;
  const volume = sourceVolume(project, source.dir);
  const listener = { signal, log: report.log, warn: report.warn, progress: report.progress };
  await sharedBuilds.run(volume, listener, async (shared) => {
    const { id: image } = await requireImage(docker, settings.builderImage);
    // Other files that git ignores may be private, and are not part of the fingerprint either.
    const { files } = await readSourceTree(source.dir);
    const sent = await copyFolders(
      {
        docker,
        image,
        labels: projectLabels(context),
        record: join(buildDir(stateDir), 'source-copy.json'),
        signal: shared.signal,
        onSent: (done, total) => shared.progress(done, total, 'bytes', { key: 'detail.source-files' }),
      },
      [
        {
          volume,
          labels: { [LABEL.project]: project, [LABEL.role]: 'source' },
          parts: [
            { from: source.dir, at: '', paths: [...files.keys()] },
            // A build reads all of it, and git ignores some of it if a pattern is unlucky: `build/`.
            { from: join(source.dir, 'vendor'), at: 'vendor' },
          ],
          leavesOut: (path) => posix.basename(path) === '.git',
        },
      ],
    );
    if (sent > 0) shared.log(`files sent to ${volume}: ${sent}`);
  });
  return volume;
}
