/** Something that `down` or `clean` can remove, as data, and who else uses it. */

export interface RemovalItem {
  readonly kind: 'container' | 'network' | 'volume' | 'image' | 'folder';
  readonly name: string;
  /** Role of the item in the project. */
  readonly about?:
    | 'ledger'
    | 'snapshot'
    | 'chaincode'
    | 'built'
    | 'base'
    | 'gateway'
    | 'replaced'
    | 'build-cache'
    | 'socket'
    | 'programs'
    | 'files'
    | 'source'
    | 'state';
  /** Status text of the engine, e.g. "Up 3 minutes". */
  readonly detail?: string;
  /** Who else uses it. It then stays, unless the user insists. */
  readonly usedBy: readonly User[];
}

export type User =
  /** A network of fabric-wizard. */
  | { readonly kind: 'project'; readonly name: string; readonly running: boolean }
  /** A run of fabric-wizard that is in progress. */
  | { readonly kind: 'run'; readonly project: string }
  /** A container that another program created. */
  | { readonly kind: 'container'; readonly name: string; readonly composeProject: string | undefined };
