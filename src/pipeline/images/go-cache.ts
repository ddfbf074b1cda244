/** The volume with the Go build cache. Each builder image has its own, which all projects share. */
import { shortId } from '../engine/short-id.ts';

export function goCacheName(builderId: string): string {
  return `fabric-wizard-go-${shortId(builderId)}`;
}
