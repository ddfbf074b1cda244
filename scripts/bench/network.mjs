/** The network of a row, computed by the product from a complete configuration. */
import { freePortBase } from './ports.mjs';

/**
 * Returns the network that a command in a project folder starts.
 * @param product see `loadProduct`
 * @param options `folder` with its `fabric-wizard.yaml`; `flags`: further choices by their camel-case names, as strings;
 *   `release` of the source; `project`
 */
export async function networkIn(product, { folder, flags, release, project }) {
  const { values } = await product.loadConfig({ dir: folder, flags });
  return product.networkSpec(values, release, project);
}

/**
 * Returns the same on free ports.
 * @returns `spec`, and `args`: the choices as arguments of a command
 * @throws Error if no ports are free
 */
export async function networkOnFreePorts(product, { flags, ...options }) {
  const at = (portBase) =>
    networkIn(product, { ...options, flags: { ...flags, portBase: String(portBase) } });
  const portBase = await freePortBase(async (base) =>
    product.publishedPorts(await at(base)).map(({ port }) => port),
  );
  const args = Object.entries(flags).flatMap(([name, value]) => [`--${name}`, value]);
  return { spec: await at(portBase), args: [...args, '--port-base', String(portBase)] };
}
