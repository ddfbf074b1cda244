/** PURE: values of a service in the compose file. */

/** Mounts a path of the host or, if it is relative, of the folder of the compose file. */
export function readOnlyBind(source: string, target: string) {
  return { type: 'bind', source, target, read_only: true };
}

/** Publishes a container's port on 127.0.0.1; nothing if the node has no such host port. */
export function publish(hostPort: number | undefined, containerPort: number): string[] {
  return hostPort === undefined ? [] : [`127.0.0.1:${hostPort}:${containerPort}`];
}

/** Returns the address on which a node listens for connections from its network and from the host. */
export function anywhere(port: number): string {
  return `0.0.0.0:${port}`;
}
