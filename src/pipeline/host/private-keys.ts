/** Keeps private keys to their owner. Containers read them as root. */
import { chmod, readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** Names that cryptogen gives to private keys. */
const PRIVATE_KEY = /(_sk|\.key)$/;

/** Whether a file is a private key, by its name. */
export function isPrivateKey(path: string): boolean {
  return PRIVATE_KEY.test(path);
}

/** Lets only the owner read the private keys under a folder, and the folders that contain them. */
export async function protectKeys(folder: string): Promise<void> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const keys = entries
    .filter((entry) => entry.isFile() && isPrivateKey(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));
  await Promise.all(keys.map((key) => chmod(key, 0o600)));
  await Promise.all([...new Set(keys.map(dirname))].map((parent) => chmod(parent, 0o700)));
}
