/** PURE: labels as an instruction of a Dockerfile. */

/**
 * Returns the labels as one instruction. Labels in the build request would each become an instruction with a container
 * of its own.
 */
export function labelText(labels: Readonly<Record<string, string>>): string {
  return (
    Object.entries(labels)
      // Docker expands variables in quoted values.
      .map(([key, value]) => `${key}=${JSON.stringify(value).replaceAll('$', '\\$')}`)
      .join(' ')
  );
}
