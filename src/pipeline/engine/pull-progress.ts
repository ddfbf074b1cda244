import type { PullLayer } from './engine-types.ts';

/** Sums the progress of a pull over its layers, in bytes. The sum never decreases when a layer is extracted. */
export class PullProgress {
  readonly #layers = new Map<string, { done: number; total: number }>();

  add(layer: PullLayer): { readonly done: number; readonly total: number } {
    const known = this.#layers.get(layer.id) ?? { done: 0, total: 0 };
    if (layer.status === 'Downloading' && layer.total > 0) {
      this.#layers.set(layer.id, { done: Math.max(known.done, layer.current), total: layer.total });
    } else if (/^(Download complete|Extracting|Pull complete)$/.test(layer.status)) {
      // The download of a small layer is not reported; its size is known when it is extracted.
      const total = Math.max(known.total, layer.total);
      this.#layers.set(layer.id, { done: total, total });
    }
    let done = 0;
    let total = 0;
    for (const each of this.#layers.values()) {
      done += each.done;
      total += each.total;
    }
    return { done, total };
  }
}
