/** Names of channels. */

export const SYSTEM_CHANNEL = 'system-channel';

/** Returns the names in the choice `channel`: one name, or several separated by commas. */
export function channelNames(channel: string): string[] {
  return channel.split(',');
}
