/** Go's names of architectures that Node names differently. */
const GO_ARCH: Readonly<Record<string, string>> = { x64: 'amd64', ia32: '386', ppc64: 'ppc64le' };

/** Returns this host's architecture as Go names it: `amd64`, `arm64`. An engine's may be another one. */
export function hostGoArch(nodeArch: string = process.arch): string {
  return GO_ARCH[nodeArch] ?? nodeArch;
}
