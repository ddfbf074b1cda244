const GO_ARCH: Readonly<Record<string, string>> = { x64: 'amd64' };

/** Returns this host's architecture as Go names it: `amd64`, `arm64`. */
export function hostGoArch(): string {
  return GO_ARCH[process.arch] ?? process.arch;
}
