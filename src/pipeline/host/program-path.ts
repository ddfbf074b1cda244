/** Where programs are searched. */
const SYSTEM_FOLDERS = ['/usr/local/sbin', '/usr/sbin', '/sbin'];

/** Returns PATH with the folders of system programs, which plain users and `su` often lack: debootstrap, chroot, iptables. */
export function withSystemFolders(path: string | undefined): string {
  const folders = (path ?? '').split(':').filter((folder) => folder !== '');
  return [...folders, ...SYSTEM_FOLDERS.filter((folder) => !folders.includes(folder))].join(':');
}
