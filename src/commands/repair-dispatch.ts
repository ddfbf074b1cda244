/** The repairs that `resolve` offers, as one dispatch for the command line and the screens. */
import type { Repair } from '../pipeline/resolve/resolve-report.ts';

type Override = Extract<Repair, { readonly kind: 'override' }>;

/** The choice that overrides an image of a role. */
export const OVERRIDE_FIELD = {
  builder: 'chaincodeBuilder',
  runtime: 'chaincodeRuntime',
} as const satisfies Record<Override['role'], string>;

/** Actions for each kind of repair. */
export interface RepairHandlers<Result> {
  /** Adds the name `to` to the image `from`. */
  readonly tag: (from: string, to: string) => Result;
  /** Configures the peers to ask for another image. */
  readonly override: (field: (typeof OVERRIDE_FIELD)[Override['role']], ref: string) => Result;
  /** Builds a runtime image from Debian packages. */
  readonly buildRuntime: (ref: string) => Result;
  /** Builds all images of the source. */
  readonly buildImages: () => Result;
}

export function dispatchRepair<Result>(repair: Repair, handlers: RepairHandlers<Result>): Result {
  switch (repair.kind) {
    case 'tag':
      return handlers.tag(repair.from, repair.to);
    case 'override':
      return handlers.override(OVERRIDE_FIELD[repair.role], repair.ref);
    case 'build':
      return 'runtime' in repair ? handlers.buildRuntime(repair.runtime) : handlers.buildImages();
    default:
      return repair satisfies never;
  }
}
