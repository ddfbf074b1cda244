/** What the chaincode does. It uses two methods of Fabric's stub, so its tests need no network. */

/** Writes a value. @returns the value */
async function put(state, key, value) {
  await state.putState(key, Buffer.from(value));
  return value;
}

/** Returns a value. @throws if there is none */
async function get(state, key) {
  const value = await state.getState(key);
  if (value.length === 0) throw new Error(`there is no value for ${key}`);
  return Buffer.from(value).toString();
}

module.exports = { put, get };
