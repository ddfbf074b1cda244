/** Labels of work containers. They say of which process a container is, so that others can tell whether it is abandoned. */
import { readFileSync, readlinkSync } from 'node:fs';
import { LABEL } from './labels.ts';

/** Returns where process ids mean something: this boot of a machine, and the namespace of the ids. */
export function processPlace(): string | undefined {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return `${boot} ${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    // A system without /proc.
    return undefined;
  }
}

let own: string | undefined;

/** Returns `BOOT NAMESPACE PID START` of this process; empty on a system that does not tell. */
export function ownProcess(): string {
  if (own === undefined) {
    const place = processPlace();
    const stat = place === undefined ? '' : readFileSync('/proc/self/stat', 'utf8');
    // The 22nd field; the second one can contain blanks.
    const start = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
    own = place === undefined ? '' : `${place} ${process.pid} ${start}`;
  }
  return own;
}

/** Returns the labels of a work container. Empty ones hide those that it would inherit from its image. */
export function workLabels(labels: Readonly<Record<string, string>>): Record<string, string> {
  return {
    ...{ [LABEL.project]: '', [LABEL.run]: `work-${process.pid}`, [LABEL.process]: ownProcess() },
    ...labels,
    [LABEL.role]: 'work',
  };
}
